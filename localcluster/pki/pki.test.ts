import { X509Certificate } from 'node:crypto';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type ConnectionOptions, connect, createServer, type TLSSocket } from 'node:tls';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type CertificateAuthority, createCertificateAuthority } from './certificate-authority.js';
import { type CertificatePair, readCertificatePair, writeCertificatePair } from './certificate-pair.js';
import { issueClientCertificate, issueServerCertificate } from './issue-certificate.js';

let authority: CertificateAuthority;
let server: CertificatePair;
beforeAll(async () => {
  authority = await createCertificateAuthority('test authority');
  server = await issueServerCertificate(authority, {
    commonName: 'apiserver',
    dnsNames: ['localhost', 'kubernetes.default'],
    ipAddresses: ['127.0.0.1', '::1'],
  });
});

describe('issued certificates', () => {
  it('name the server as asked and are signed by the authority', () => {
    const certificate = new X509Certificate(server.certificatePem);
    const issuer = new X509Certificate(authority.certificatePem);

    expect(certificate.subjectAltName).toBe(
      'DNS:localhost, DNS:kubernetes.default, IP Address:127.0.0.1, IP Address:0:0:0:0:0:0:0:1',
    );
    expect(certificate.subject).toBe('CN=apiserver');
    expect(certificate.checkIssued(issuer)).toBe(true);
    expect(certificate.verify(issuer.publicKey)).toBe(true);
    expect(certificate.ca).toBe(false);
    expect(issuer.ca).toBe(true);
    expect(certificate.publicKey.asymmetricKeyDetails?.namedCurve).toBe('prime256v1');
  });

  it('last as long as asked', async () => {
    const short = await issueClientCertificate(authority, {
      commonName: 'x',
      organizations: [],
      validDays: 2,
    });

    const { validFrom, validTo } = new X509Certificate(short.certificatePem);

    const days = (Date.parse(validTo) - Date.parse(validFrom)) / 86_400_000;
    expect(days).toBeCloseTo(2, 1);
  });

  it('carry a user and the groups of a client', async () => {
    const client = await issueClientCertificate(authority, {
      commonName: 'system:node:a',
      organizations: ['system:nodes', 'others'],
    });

    expect(new X509Certificate(client.certificatePem).subject).toBe(
      'O=system:nodes\nO=others\nCN=system:node:a',
    );
  });
});

describe('a TLS handshake', () => {
  it('succeeds both ways for certificates of the authority', async () => {
    const client = await issueClientCertificate(authority, { commonName: 'me', organizations: ['us'] });

    const { authorized, user } = await handshake(
      { ca: authority.certificatePem, ...keyAndCert(client) },
      authority.certificatePem,
    );

    expect({ authorized, user }).toEqual({ authorized: true, user: 'me' });
  });

  it('shows that a client of another authority is not ours', async () => {
    const stranger = await createCertificateAuthority('another authority');
    const client = await issueClientCertificate(stranger, { commonName: 'me', organizations: [] });

    const { authorized } = await handshake(
      { ca: authority.certificatePem, ...keyAndCert(client) },
      authority.certificatePem,
    );

    expect(authorized).toBe(false);
  });

  it('fails for a client that trusts another authority, or asks for another name', async () => {
    const stranger = await createCertificateAuthority('another authority');

    await expect(handshake({ ca: stranger.certificatePem }, authority.certificatePem)).rejects.toThrow(
      /certificate/,
    );
    await expect(
      handshake({ ca: authority.certificatePem, servername: 'example.com' }, authority.certificatePem),
    ).rejects.toThrow(/altnames/);
  });
});

function keyAndCert(pair: CertificatePair) {
  return { key: pair.privateKeyPem, cert: pair.certificatePem };
}

/** Connects to a real TLS server; gives back what the server saw of the client. */
async function handshake(options: ConnectionOptions, clientCa: string) {
  const listener = createServer({
    ...keyAndCert(server),
    ca: clientCa,
    requestCert: true,
    rejectUnauthorized: false,
  });
  listener.on('tlsClientError', () => {});
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
  try {
    const accepted = new Promise<TLSSocket>((resolve) => listener.once('secureConnection', resolve));
    const { port } = listener.address() as AddressInfo;
    const socket = connect({ host: '127.0.0.1', port, ...options });
    await new Promise<void>((resolve, reject) => {
      socket.once('secureConnect', resolve);
      socket.once('error', reject);
    });
    const seen = await accepted;
    const { CN: user } = seen.getPeerCertificate().subject ?? {};
    socket.destroy();
    return { authorized: seen.authorized, user };
  } finally {
    listener.close();
  }
}

describe('certificate files', () => {
  let folder = '';
  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'podium-test-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('are readable by their owner only, and read back', async () => {
    const files = await writeCertificatePair(folder, 'apiserver', server);

    for (const file of Object.values(files)) expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(new X509Certificate(await readFile(files.certificateFile)).ca).toBe(false);
    expect(await readCertificatePair(folder, 'apiserver')).toEqual(server);
    expect(await readCertificatePair(folder, 'none')).toBeUndefined();
  });

  it('of an authority issue certificates later', async () => {
    await writeCertificatePair(folder, 'ca', authority);
    const kept = (await readCertificatePair(folder, 'ca')) ?? expect.fail('the authority was not kept');

    const issued = await issueClientCertificate(kept, { commonName: 'late', organizations: [] });

    const issuer = new X509Certificate(authority.certificatePem);
    expect(new X509Certificate(issued.certificatePem).verify(issuer.publicKey)).toBe(true);
  });
});
