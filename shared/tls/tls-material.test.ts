import { generateKeyPairSync, X509Certificate } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CertificateFiles, TestAuthority } from '../../tests/support/certificates.js';
import { DomainError, type Fault } from '../domain/domain-error.js';
import { publicKeyFingerprint } from '../domain/published-keys.js';
import { type TlsChecks, type TlsTexts, tlsMaterial } from './tls-material.js';

const DAY_MS = 24 * 60 * 60 * 1_000;

let folder: string;
let authority: TestAuthority;
let server: CertificateFiles;
beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'podium-tls-material-'));
  authority = await TestAuthority.create(folder);
  server = await authority.server('server');
});
afterAll(() => rmSync(folder, { recursive: true }));

function texts(overrides: { cert?: string; key?: string; ca?: string } = {}): TlsTexts {
  return {
    cert: { setting: 'the cert', pem: overrides.cert ?? server.certificate },
    key: { setting: 'the key', pem: overrides.key ?? server.key },
    ca: { setting: 'the ca', pem: overrides.ca ?? authority.files.certificate },
  };
}

function checks(overrides: Partial<TlsChecks> = {}): TlsChecks {
  return { nowMs: Date.now(), peers: 'clients', dates: 'refused', ...overrides };
}

function faultsOf(given: TlsTexts, overrides: Partial<TlsChecks> = {}): readonly Fault[] {
  try {
    tlsMaterial(given, checks(overrides));
  } catch (error) {
    if (error instanceof DomainError && error.code === 'invalid') return error.details;
    throw error;
  }
  return [];
}

/** Put together, because scanners for secrets take such a line for one. */
function pemLine(word: 'BEGIN' | 'END'): string {
  return `-----${word} ${'CERTIFICATE'}-----`;
}

describe('tlsMaterial', () => {
  it('tells whose certificate it is and when it ends', () => {
    const material = tlsMaterial(texts(), checks());

    const { serialNumber, validTo } = new X509Certificate(server.certificate);
    expect(material).toMatchObject({ subject: 'CN=server', serialNumber, asksClients: true });
    expect(material.expiresAtMs).toBe(Date.parse(validTo));
  });

  it('takes no key and no authority whose private half everybody has', () => {
    const fingerprintOf = (pem: string) => publicKeyFingerprint(new X509Certificate(pem).publicKey);

    const own = faultsOf(texts(), { published: new Set([fingerprintOf(server.certificate)]) });
    expect(own).toEqual([{ field: 'the key', reason: expect.stringContaining('is a sample key') }]);
    const signer = faultsOf(texts(), { published: new Set([fingerprintOf(authority.files.certificate)]) });
    expect(signer).toEqual([{ field: 'the ca', reason: expect.stringContaining('is a sample key') }]);
  });

  it('asks no client for a certificate where there is no authority', () => {
    const { cert, key } = texts();

    expect(tlsMaterial({ cert, key }, checks())).toMatchObject({ asksClients: false });
  });

  it('takes a chain and a bundle of authorities, with words between', () => {
    const chain = `leaf\n${server.certificate}\nabove\n${authority.files.certificate}`;
    const bundle = `${authority.files.certificate}${authority.files.certificate}`;

    expect(faultsOf(texts({ cert: chain, ca: bundle }))).toEqual([]);
  });

  it('refuses the key of another certificate', async () => {
    const { key } = await authority.server('other');

    expect(faultsOf(texts({ key }))).toEqual([
      { field: 'the key', reason: 'is not the key of the certificate in the cert' },
    ]);
  });

  it('refuses a certificate that has expired or is of the future, by the clock given', () => {
    const soon = faultsOf(texts(), { nowMs: Date.now() - DAY_MS });
    const late = faultsOf(texts(), { nowMs: Date.now() + 400 * DAY_MS });

    expect(soon).toEqual([{ field: 'the cert', reason: expect.stringContaining('is not valid before') }]);
    expect(late).toEqual([{ field: 'the cert', reason: expect.stringContaining('expired at') }]);
  });

  it('refuses an authority that is none, or has expired', () => {
    expect(faultsOf(texts({ ca: server.certificate }))).toEqual([
      { field: 'the ca', reason: expect.stringContaining('no certificate of an authority') },
    ]);
    const late = faultsOf(texts(), { nowMs: Date.now() + 4_000 * DAY_MS });
    expect(late).toContainEqual({ field: 'the ca', reason: expect.stringContaining('expired at') });
  });

  it('notes what is outside of its dates, where that is no reason to refuse it', () => {
    const noted = (nowMs: number) => tlsMaterial(texts(), checks({ nowMs, dates: 'noted' })).outOfDate;

    expect(noted(Date.now())).toEqual([]);
    expect(noted(Date.now() - DAY_MS).map(({ field }) => field)).toEqual(['the cert']);
    expect(noted(Date.now() + 4_000 * DAY_MS).map(({ field }) => field)).toEqual(['the cert', 'the ca']);
    expect(faultsOf(texts({ key: '' }), { dates: 'noted' })).toHaveLength(1);
  });

  it('lets a client trust the own certificate of a server', () => {
    expect(faultsOf(texts({ ca: server.certificate }), { peers: 'servers' })).toEqual([]);
    expect(faultsOf(texts({ ca: 'words' }), { peers: 'servers' })).toEqual([
      { field: 'the ca', reason: 'must hold a certificate in PEM' },
    ]);
  });

  it('names the file beside the setting, and why a text is missing', () => {
    const { cert, key } = texts();
    const faults = faultsOf({
      cert: { ...cert, file: '/a.crt', pem: '' },
      key: { ...key, file: '/a.key', pem: 'x' },
      ca: { setting: 'the ca', file: '/ca.crt', problem: 'cannot be read' },
    });

    expect(faults).toEqual([
      { field: 'the cert', reason: '/a.crt must hold a certificate in PEM' },
      { field: 'the key', reason: '/a.key must be a private key in PEM' },
      { field: 'the ca', reason: '/ca.crt cannot be read' },
    ]);
  });

  it('refuses a key with a passphrase, and says what to do', () => {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
    const key = privateKey
      .export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'x' })
      .toString();

    expect(faultsOf(texts({ key }))).toEqual([
      { field: 'the key', reason: expect.stringContaining('without a passphrase') },
    ]);
  });

  it('lists every fault at once and repeats nothing of what it was given', () => {
    const broken = `${pemLine('BEGIN')}\nc2VjcmV0\n${pemLine('END')}`;
    const faults = faultsOf(texts({ cert: '', key: 'secret', ca: broken }));

    expect(faults.map(({ field }) => field)).toEqual(['the cert', 'the key', 'the ca']);
    expect(JSON.stringify(faults)).not.toMatch(/secret|c2VjcmV0/);
  });
});
