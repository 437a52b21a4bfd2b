import 'reflect-metadata';
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  type Extension,
  type JsonName,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectAlternativeNameExtension,
  X509Certificate,
  X509CertificateGenerator,
} from '@peculiar/x509';
import type { CertificateAuthority } from './certificate-authority.js';
import type { CertificatePair } from './certificate-pair.js';
import { newKeyPair, privateKeyPem, SIGNING_ALGORITHM, signingKey } from './key-pair.js';
import { validity } from './validity.js';

export interface ServerIdentity {
  readonly commonName: string;
  readonly dnsNames: readonly string[];
  readonly ipAddresses: readonly string[];
  readonly validDays?: number;
}

export interface ClientIdentity {
  /** The user's name. */
  readonly commonName: string;
  /** The groups that the user belongs to. */
  readonly organizations: readonly string[];
  readonly validDays?: number;
}

const DEFAULT_VALID_DAYS = 365;

/** A certificate for a server that clients reach under these names and addresses. */
export function issueServerCertificate(
  authority: CertificateAuthority,
  { commonName, dnsNames, ipAddresses, validDays = DEFAULT_VALID_DAYS }: ServerIdentity,
): Promise<CertificatePair> {
  const names = [
    ...dnsNames.map((value) => ({ type: 'dns' as const, value })),
    ...ipAddresses.map((value) => ({ type: 'ip' as const, value })),
  ];
  return issue(authority, [{ CN: [commonName] }], validDays, [
    new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth]),
    new SubjectAlternativeNameExtension(names),
  ]);
}

/** A certificate by which a client proves who it is: common name = user, organizations = groups. */
export function issueClientCertificate(
  authority: CertificateAuthority,
  { commonName, organizations, validDays = DEFAULT_VALID_DAYS }: ClientIdentity,
): Promise<CertificatePair> {
  const subject = [...organizations.map((name) => ({ O: [name] })), { CN: [commonName] }];
  return issue(authority, subject, validDays, [new ExtendedKeyUsageExtension([ExtendedKeyUsage.clientAuth])]);
}

async function issue(
  authority: CertificateAuthority,
  subject: JsonName,
  validDays: number,
  extensions: readonly Extension[],
): Promise<CertificatePair> {
  const issuer = new X509Certificate(authority.certificatePem);
  const keys = await newKeyPair();
  const certificate = await X509CertificateGenerator.create({
    subject,
    issuer: issuer.subject,
    publicKey: keys.publicKey,
    signingKey: await signingKey(authority.privateKeyPem),
    signingAlgorithm: SIGNING_ALGORITHM,
    ...validity(validDays),
    extensions: [
      new BasicConstraintsExtension(false, undefined, true),
      new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
      await AuthorityKeyIdentifierExtension.create(issuer.publicKey),
      ...extensions,
    ],
  });
  return {
    certificatePem: `${certificate.toString('pem')}\n`,
    privateKeyPem: privateKeyPem(keys.privateKey),
  };
}
