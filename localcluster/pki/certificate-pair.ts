import path from 'node:path';
import { readIfPresent } from '../../shared/files/read-if-present.js';
import { writeFileDurably } from '../../shared/files/write-file-durably.js';

/** A certificate and its private key (PKCS #8), both in PEM. */
export interface CertificatePair {
  readonly certificatePem: string;
  readonly privateKeyPem: string;
}

export interface CertificateFiles {
  readonly certificateFile: string;
  readonly privateKeyFile: string;
}

/** Where a pair of that name lies in a folder: NAME.crt and NAME.key. */
export function certificateFiles(folder: string, name: string): CertificateFiles {
  return {
    certificateFile: path.join(folder, `${name}.crt`),
    privateKeyFile: path.join(folder, `${name}.key`),
  };
}

/** Writes NAME.crt and NAME.key, readable by their owner only. The folder must exist. */
export async function writeCertificatePair(
  folder: string,
  name: string,
  pair: CertificatePair,
): Promise<CertificateFiles> {
  const files = certificateFiles(folder, name);
  await writeFileDurably(files.privateKeyFile, pair.privateKeyPem);
  await writeFileDurably(files.certificateFile, pair.certificatePem);
  return files;
}

/** The pair of that name in a folder; undefined when either file is missing. */
export async function readCertificatePair(
  folder: string,
  name: string,
): Promise<CertificatePair | undefined> {
  const files = certificateFiles(folder, name);
  const certificatePem = await readIfPresent(files.certificateFile);
  const privateKeyPem = await readIfPresent(files.privateKeyFile);
  if (certificatePem === undefined || privateKeyPem === undefined) return undefined;
  return { certificatePem, privateKeyPem };
}
