import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  type CertificateAuthority,
  createCertificateAuthority,
} from '../../../localcluster/pki/certificate-authority.js';
import { issueClientCertificate } from '../../../localcluster/pki/issue-certificate.js';
import { systemClock } from '../../../shared/lifecycle/clock.js';
import type { Logger } from '../../../shared/observability/logger.js';
import { ReloadedTls } from './reloaded-tls.js';
import type { TlsSources } from './tls-material.js';

let folder: string;
let authority: CertificateAuthority;
let lines: string[];
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'podium-test-'));
  authority = await createCertificateAuthority('agents');
  lines = [];
  await put('ca', authority.certificatePem);
  await renew();
});
afterEach(() => rm(folder, { recursive: true, force: true }));

function fileOf(part: keyof TlsSources): string {
  return path.join(folder, `${part}.pem`);
}

function put(part: keyof TlsSources, text: string): Promise<void> {
  return writeFile(fileOf(part), text);
}

async function renew(validDays = 1) {
  const pair = await issueClientCertificate(authority, { commonName: 'me', organizations: [], validDays });
  await put('cert', pair.certificatePem);
  await put('key', pair.privateKeyPem);
  return pair;
}

function load(): Promise<ReloadedTls> {
  const source = (part: keyof TlsSources) => ({ field: `mtls.${part}_file`, file: fileOf(part), text: '' });
  const note = (level: string) => (fields: object, text: string) =>
    void lines.push(`${level}: ${text} ${JSON.stringify(fields)}`);
  const logger: Logger = {
    debug: note('debug'),
    info: note('info'),
    warn: note('warn'),
    error: note('error'),
    child: () => logger,
  };
  const sources = { cert: source('cert'), key: source('key'), ca: source('ca') };
  return ReloadedTls.load({ sources, serverName: 'agents', clock: systemClock, logger });
}

function errors(): string[] {
  return lines.filter((line) => line.startsWith('error'));
}

describe('ReloadedTls', () => {
  it('has nothing new while the files stay as they are', async () => {
    const tls = await load();

    expect(await tls.reload()).toBeUndefined();
    expect(tls.current.serverName).toBe('agents');
  });

  it('takes a renewed pair', async () => {
    const tls = await load();
    const before = tls.current.secureContext;
    await renew();

    const next = await tls.reload();

    expect(next?.secureContext).toBeDefined();
    expect(next?.secureContext).not.toBe(before);
    expect(tls.current).toEqual(next);
    expect(await tls.reload()).toBeUndefined();
  });

  it.each([
    ['is half written', async () => put('cert', (await aPair()).certificatePem), 'is not the key of'],
    ['is no certificate', () => put('cert', '-----BEGIN'), 'must be a certificate in PEM'],
    ['has no key', () => rm(fileOf('key')), 'cannot be read: ENOENT'],
    ['has no authority', () => put('ca', ''), 'must be certificates in PEM'],
    ['has ended', () => renew(-0.001), 'it ended'],
  ])('keeps the old pair when the new one %s, and says so once', async (_title, spoil, reason) => {
    const tls = await load();
    const before = tls.current.secureContext;
    await spoil();

    expect(await tls.reload()).toBeUndefined();
    expect(await tls.reload()).toBeUndefined();

    expect(tls.current.secureContext).toBe(before);
    expect(errors()).toEqual([expect.stringContaining(reason)]);
    expect(errors()[0]).toContain('new certificate cannot be used, the old one stays');
  });

  it('takes the pair when its second half has come', async () => {
    const tls = await load();
    const pair = await aPair();
    await put('cert', pair.certificatePem);
    await tls.reload();
    await put('key', pair.privateKeyPem);

    expect(await tls.reload()).toBeDefined();
  });

  it('starts with a certificate that has ended, and warns', async () => {
    await renew(-0.001);

    await load();

    expect(lines).toEqual([expect.stringMatching(/^warn: certificate for the agents has ended/)]);
  });

  it('never shows a key', async () => {
    const { privateKeyPem } = await renew();
    const tls = await load();
    await put('key', privateKeyPem.replace('BEGIN', 'BEGAN'));
    await tls.reload();

    expect(errors()).toHaveLength(1);
    expect(lines.join()).not.toContain(privateKeyPem.split('\n')[1]);
  });
});

function aPair() {
  return issueClientCertificate(authority, { commonName: 'me', organizations: [], validDays: 1 });
}
