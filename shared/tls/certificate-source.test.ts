import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type CertificateFiles, TestAuthority } from '../../tests/support/certificates.js';
import { systemClock } from '../lifecycle/clock.js';
import { type Logger, silentLogger } from '../observability/logger.js';
import { Registry } from '../observability/metrics.js';
import { CertificateMetrics } from './certificate-metrics.js';
import {
  CertificateSource,
  type CertificateSourceOptions,
  type CertificateSources,
} from './certificate-source.js';

let folder: string;
let authority: TestAuthority;
let first: CertificateFiles;
let second: CertificateFiles;
const started: CertificateSource[] = [];
beforeEach(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'podium-certificate-source-'));
  authority = await TestAuthority.create(folder);
  first = await authority.server('first');
  second = await authority.server('second');
});
afterEach(async () => {
  for (const source of started.splice(0)) await source.stop(AbortSignal.timeout(1_000));
  rmSync(folder, { recursive: true });
});

function at(name: string): string {
  return path.join(folder, name);
}

function put({ certificate, key }: CertificateFiles): void {
  writeFileSync(at('tls.crt'), certificate);
  writeFileSync(at('tls.key'), key);
}

function filesIn(where: string): CertificateSources {
  return {
    cert: { setting: 'mtls.cert_file', file: path.join(where, 'tls.crt') },
    key: { setting: 'mtls.key_file', file: path.join(where, 'tls.key') },
  };
}

/** Looks by itself only once an hour: the tests say when. */
async function aSource(
  sources: CertificateSources,
  clock = systemClock,
  options: Pick<CertificateSourceOptions, 'peers' | 'datesAtStart'> = {},
) {
  const registry = new Registry();
  const lines: string[] = [];
  const note = (level: string) => (fields: object, text: string) =>
    void lines.push(`${level}: ${text} ${JSON.stringify(fields)}`);
  const logger: Logger = {
    ...silentLogger,
    info: note('info'),
    warn: note('warn'),
    error: note('error'),
  };
  const metrics = new CertificateMetrics('podium_test', registry);
  const source = new CertificateSource({
    sources,
    clock,
    logger,
    metrics,
    intervalMs: 3_600_000,
    ...options,
  });
  await source.start(new AbortController().signal);
  started.push(source);
  const metric = async (name: string) =>
    (await registry.getSingleMetric(`podium_test_certificate_${name}`)?.get())?.values[0]?.value;
  const faultsTold = () => lines.filter((line) => !line.startsWith('info'));
  return { source, metric, lines, faultsTold };
}

describe('CertificateSource', () => {
  it('uses what the files hold, and tells when it ends', async () => {
    put(first);
    const { source, metric } = await aSource(filesIn(folder));

    expect(source.current().subject).toBe('CN=first');
    expect(await metric('expiry_timestamp_seconds')).toBe(source.current().expiresAtMs / 1_000);
  });

  it('tells its listeners once when the files hold something else', async () => {
    put(first);
    const { source, metric } = await aSource(filesIn(folder));
    const told: string[] = [];
    const forget = source.onChange(({ subject }) => told.push(subject));

    await source.look();
    put(second);
    await source.look();
    await source.look();
    forget();
    put(first);
    await source.look();

    expect(told).toEqual(['CN=second']);
    expect(source.current().subject).toBe('CN=first');
    expect(await metric('reloads_total')).toBe(2);
    expect(await metric('reload_failures_total')).toBe(0);
  });

  it('follows a link that is turned to another folder, as Kubernetes does with secrets', async () => {
    for (const [name, pair] of [
      ['..v1', first],
      ['..v2', second],
    ] as const) {
      mkdirSync(at(name));
      writeFileSync(path.join(at(name), 'tls.crt'), pair.certificate);
      writeFileSync(path.join(at(name), 'tls.key'), pair.key);
    }
    symlinkSync('..v1', at('..data'));
    symlinkSync('..data/tls.crt', at('tls.crt'));
    symlinkSync('..data/tls.key', at('tls.key'));
    const { source } = await aSource(filesIn(folder));

    symlinkSync('..v2', at('..data_tmp'));
    renameSync(at('..data_tmp'), at('..data'));
    await source.look();

    expect(source.current().subject).toBe('CN=second');
  });

  it('waits for the second of two files, and counts no failure for it', async () => {
    put(first);
    const { source, metric } = await aSource(filesIn(folder));

    writeFileSync(at('tls.crt'), second.certificate);
    await source.look();
    expect(source.current().subject).toBe('CN=first');
    writeFileSync(at('tls.key'), second.key);
    await source.look();

    expect(source.current().subject).toBe('CN=second');
    expect(await metric('reload_failures_total')).toBe(0);
  });

  it('tells nobody of files that were written again as they were', async () => {
    put(first);
    const { source, metric } = await aSource(filesIn(folder));
    const told: string[] = [];
    source.onChange(({ subject }) => told.push(subject));
    const before = source.current();

    rmSync(at('tls.crt'));
    put(first);
    await source.look();

    expect(told).toEqual([]);
    expect(source.current()).toBe(before);
    expect(await metric('reloads_total')).toBe(0);
  });

  const SPOILT: [string, () => void | Promise<void>, string][] = [
    ['a key that does not fit', () => writeFileSync(at('tls.key'), second.key), 'is not the key of'],
    ['nothing any more', () => rmSync(at('tls.key')), 'cannot be read (ENOENT)'],
    [
      'half of what it was',
      () => writeFileSync(at('tls.crt'), first.certificate.slice(0, 200)),
      'must hold a certificate in PEM',
    ],
    ['no authority', () => writeFileSync(at('ca.crt'), ''), 'mtls.ca_file'],
    ['a certificate that has expired', async () => put(await authority.server('expired', -1)), 'expired at'],
  ];
  it.each(SPOILT.flatMap((spoilt) => [[...spoilt, 'clients'] as const, [...spoilt, 'servers'] as const]))(
    'keeps the old one when the files hold %s, and tells that once',
    async (_title, spoil, reason, peers) => {
      put(first);
      writeFileSync(at('ca.crt'), authority.files.certificate);
      const sources = { ...filesIn(folder), ca: { setting: 'mtls.ca_file', file: at('ca.crt') } };
      const options = peers === 'servers' ? ({ peers, datesAtStart: 'warned' } as const) : { peers };
      const { source, metric, faultsTold } = await aSource(sources, systemClock, options);
      const before = source.current().secureContext;

      await spoil();
      for (let round = 0; round < 4; round++) await source.look();

      expect(source.current()).toMatchObject({ subject: 'CN=first' });
      expect(source.current().secureContext).toBe(before);
      expect(await metric('reload_failures_total')).toBe(1);
      expect(faultsTold()).toEqual([
        expect.stringMatching(/^error: the new certificate cannot be used; the old one stays/),
      ]);
      expect(faultsTold()[0]).toContain(reason);
      writeFileSync(at('ca.crt'), authority.files.certificate);
      put(second);
      await source.look();
      expect(source.current().subject).toBe('CN=second');
    },
  );

  it('tells every fault at once, by its setting, when there is nothing to begin with', async () => {
    put(first);
    rmSync(at('tls.key'));
    const { cert, key } = filesIn(folder);

    await expect(aSource({ cert, key, ca: { setting: 'mtls.ca_pem', pem: 'x' } })).rejects.toMatchObject({
      code: 'invalid',
      details: [
        {
          field: 'mtls.key_file',
          reason: `${at('tls.key')} cannot be read (ENOENT): look at its path and its rights`,
        },
        { field: 'mtls.ca_pem', reason: 'must hold a certificate in PEM' },
      ],
    });
  });

  it('starts with a certificate that has ended only where told to, warns, and takes a later one', async () => {
    put(await authority.server('ended', -1));

    await expect(aSource(filesIn(folder))).rejects.toMatchObject({
      details: [{ field: 'mtls.cert_file', reason: expect.stringContaining('expired at') }],
    });
    const { source, faultsTold } = await aSource(filesIn(folder), systemClock, { datesAtStart: 'warned' });
    expect(source.current().subject).toBe('CN=ended');
    expect(source.problem()).toContain('expired at');
    expect(faultsTold()).toEqual([
      expect.stringMatching(/^warn: a certificate is outside of its dates.*mtls\.cert_file/),
    ]);

    put(first);
    await source.look();
    expect(source.current().subject).toBe('CN=first');
    expect(source.problem()).toBeUndefined();
    expect(faultsTold()).toHaveLength(1);
  });

  it('never shows a key', async () => {
    put(first);
    const { source, lines, faultsTold } = await aSource(filesIn(folder));
    writeFileSync(at('tls.key'), first.key.replace('BEGIN', 'BEGAN'));
    for (let round = 0; round < 2; round++) await source.look();

    expect(faultsTold()).toHaveLength(1);
    expect(lines.join()).not.toContain(first.key.split('\n')[1]);
  });

  it('takes texts that stand in the settings', async () => {
    const { source } = await aSource({
      cert: { setting: 'mtls.cert_pem', pem: first.certificate },
      key: { setting: 'mtls.key_pem', pem: first.key },
      ca: { setting: 'mtls.ca_pem', pem: authority.files.certificate },
    });

    expect(source.current()).toMatchObject({ subject: 'CN=first', asksClients: true });
  });

  it('has a problem once the certificate in use has expired', async () => {
    put(first);
    let nowMs = Date.now();
    const { source } = await aSource(filesIn(folder), { ...systemClock, now: () => nowMs });

    expect(source.problem()).toBeUndefined();
    nowMs = source.current().expiresAtMs;
    expect(source.problem()).toMatch(/expired at .*: put a new one in its place/);
  });
});
