import { X509Certificate } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { hostname } from 'node:os';
import { type CertificatePair, readCertificatePair, writeCertificatePair } from '../pki/certificate-pair.js';
import type { ApiServerFlags } from './flags.js';
import { readPem } from './read-pem.js';

const NAME = 'apiserver';
const DNS_NAMES = ['localhost', 'kubernetes', 'kubernetes.default', 'kubernetes.default.svc'];

/**
 * The certificate to serve with: the one that the flags name, or the one in the certificate folder, which is made
 * there when it is missing. Such a certificate's file holds its authority too, so that clients can use the file
 * to check the server.
 */
export async function servingCertificate(flags: ApiServerFlags): Promise<CertificatePair> {
  const { tlsCertFile, tlsPrivateKeyFile, certDir } = flags;
  if (tlsCertFile !== undefined && tlsPrivateKeyFile !== undefined) {
    return {
      certificatePem: await readPem('--tls-cert-file', tlsCertFile),
      privateKeyPem: await readPem('--tls-private-key-file', tlsPrivateKeyFile),
    };
  }
  const folder = certDir ?? '.';
  const kept = await readCertificatePair(folder, NAME);
  if (kept !== undefined && isUsable(kept, flags.bindAddress)) return kept;
  const made = await selfSigned(flags.bindAddress);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await writeCertificatePair(folder, NAME, made);
  return made;
}

const DAY_MS = 24 * 60 * 60 * 1000;

/** Whether a certificate that was made earlier is still valid for a while, and for this address. */
function isUsable({ certificatePem }: CertificatePair, bindAddress: string): boolean {
  const certificate = new X509Certificate(certificatePem);
  return (
    Date.parse(certificate.validTo) > Date.now() + DAY_MS && certificate.checkIP(bindAddress) !== undefined
  );
}

/** The library that makes certificates takes a fifth of a second to load: only who needs one waits for it. */
async function selfSigned(bindAddress: string): Promise<CertificatePair> {
  const { createCertificateAuthority } = await import('../pki/certificate-authority.js');
  const { issueServerCertificate } = await import('../pki/issue-certificate.js');
  const authority = await createCertificateAuthority(`${hostname()}-ca`);
  const server = await issueServerCertificate(authority, {
    commonName: NAME,
    dnsNames: DNS_NAMES,
    ipAddresses: [...new Set(['127.0.0.1', '::1', bindAddress])],
  });
  return { ...server, certificatePem: server.certificatePem + authority.certificatePem };
}
