import 'reflect-metadata';
import {
  BasicConstraintsExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectKeyIdentifierExtension,
  X509CertificateGenerator,
} from '@peculiar/x509';
import type { CertificatePair } from './certificate-pair.js';
import { newKeyPair, privateKeyPem, SIGNING_ALGORITHM } from './key-pair.js';
import { validity } from './validity.js';

/** Who signs the certificates of a cluster. The pair itself is what it is: keep it, and issue with it later. */
export type CertificateAuthority = CertificatePair;

const DEFAULT_VALID_DAYS = 3650;

/** Makes a self-signed authority that may sign certificates of servers and clients, and no other authorities. */
export async function createCertificateAuthority(
  name: string,
  validDays = DEFAULT_VALID_DAYS,
): Promise<CertificateAuthority> {
  const keys = await newKeyPair();
  const certificate = await X509CertificateGenerator.createSelfSigned({
    name: [{ CN: [name] }],
    keys,
    signingAlgorithm: SIGNING_ALGORITHM,
    ...validity(validDays),
    extensions: [
      new BasicConstraintsExtension(true, 0, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.digitalSignature, true),
      await SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return {
    certificatePem: `${certificate.toString('pem')}\n`,
    privateKeyPem: privateKeyPem(keys.privateKey),
  };
}
