import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import * as x509 from '@peculiar/x509';
x509.cryptoProvider.set(webcrypto as never);
const alg = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const keys = () => webcrypto.subtle.generateKey(alg, true, ['sign', 'verify']);
const pem = async (k: webcrypto.CryptoKey) =>
  x509.PemConverter.encode(await webcrypto.subtle.exportKey('pkcs8', k), 'PRIVATE KEY');
export interface Authority { certificate: string; privateKey: string; keys: webcrypto.CryptoKeyPair; cert: x509.X509Certificate }
export async function createCertificateAuthority(name: string): Promise<Authority> {
  const k = await keys();
  const cert = await x509.X509CertificateGenerator.createSelfSigned({ name: `CN=${name}`, keys: k as never, signingAlgorithm: alg, notBefore: new Date(Date.now() - 3600_000), notAfter: new Date(Date.now() + 864e5 * 30), extensions: [new x509.BasicConstraintsExtension(true, 1, true)] });
  return { certificate: cert.toString('pem'), privateKey: await pem(k.privateKey), keys: k, cert };
}
async function issue(ca: Authority, subject: string, extensions: x509.Extension[]) {
  const k = await keys();
  const cert = await x509.X509CertificateGenerator.create({ subject, issuer: ca.cert.subject, publicKey: k.publicKey as never, signingKey: ca.keys.privateKey as never, signingAlgorithm: alg, notBefore: new Date(Date.now() - 3600_000), notAfter: new Date(Date.now() + 864e5 * 30), extensions });
  return { certificate: cert.toString('pem'), privateKey: await pem(k.privateKey) };
}
export function issueServerCertificate(ca: Authority, o: { commonName: string; dnsNames: string[]; ipAddresses: string[] }) {
  return issue(ca, `CN=${o.commonName}`, [new x509.SubjectAlternativeNameExtension([...o.dnsNames.map((value) => ({ type: 'dns' as const, value })), ...o.ipAddresses.map((value) => ({ type: 'ip' as const, value }))])]);
}
export function issueClientCertificate(ca: Authority, o: { commonName: string; organizations: readonly string[] }) {
  return issue(ca, `CN=${o.commonName},${o.organizations.map((g) => `O=${g}`).join(',')}`, []);
}
