import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type CertificateFiles, TestAuthority } from '../../tests/support/certificates.js';
import { systemClock } from '../lifecycle/clock.js';
import { silentLogger } from '../observability/logger.js';
import { Registry } from '../observability/metrics.js';
import { CertificateMetrics } from './certificate-metrics.js';
import { CertificateSource, type CertificateSources } from './certificate-source.js';

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
async function aSource(sources: CertificateSources, clock = systemClock) {
  const registry = new Registry();
  const metrics = new CertificateMetrics('podium_test', registry);
  const source = new CertificateSource({
    sources,
    clock,
    logger: silentLogger,
    metrics,
    intervalMs: 3_600_000,
  });
  await source.start(new AbortController().signal);
  started.push(source);
  const metric = async (name: string) =>
    (await registry.getSingleMetric(`podium_test_certificate_${name}`)?.get())?.values[0]?.value;
  return { source, metric };
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

  it.each([
    ['a key that does not fit', () => writeFileSync(at('tls.key'), second.key)],
    ['nothing any more', () => rmSync(at('tls.key'))],
    ['half of what it was', () => writeFileSync(at('tls.crt'), first.certificate.slice(0, 200))],
    ['a certificate that has expired', async () => put(await authority.server('expired', -1))],
  ])('keeps the old one when the files hold %s, and counts that once', async (_title, spoil) => {
    put(first);
    const { source, metric } = await aSource(filesIn(folder));

    await spoil();
    for (let round = 0; round < 4; round++) await source.look();

    expect(source.current().subject).toBe('CN=first');
    expect(await metric('reload_failures_total')).toBe(1);
    put(second);
    await source.look();
    expect(source.current().subject).toBe('CN=second');
  });

  it('says where it failed when there is nothing to begin with', async () => {
    put(first);
    rmSync(at('tls.key'));

    await expect(aSource(filesIn(folder))).rejects.toMatchObject({
      message: `mtls.key_file ${at('tls.key')}: cannot be read (ENOENT): look at its path and its rights`,
    });
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
