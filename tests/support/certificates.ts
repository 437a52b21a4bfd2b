import 'reflect-metadata';
import { KeyObject, webcrypto } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import {
  BasicConstraintsExtension,
  SubjectAlternativeNameExtension,
  type X509Certificate,
  X509CertificateGenerator,
} from '@peculiar/x509';
import { toPkcs8Pem } from '../../shared/auth/keys.js';

const ecdsa = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };

/** Certificate and key in PEM, and the files that hold them. */
export interface CertificateFiles {
  readonly certificate: string;
  readonly key: string;
  readonly certFile: string;
  readonly keyFile: string;
}

/** A certificate authority for one test, and what it has signed, as files in a folder. */
export class TestAuthority {
  readonly files: CertificateFiles;
  readonly #folder: string;
  readonly #certificate: X509Certificate;
  readonly #keys: webcrypto.CryptoKeyPair;

  private constructor(
    folder: string,
    files: CertificateFiles,
    certificate: X509Certificate,
    keys: webcrypto.CryptoKeyPair,
  ) {
    this.#folder = folder;
    this.files = files;
    this.#certificate = certificate;
    this.#keys = keys;
  }

  static async create(folder: string, name = 'authority'): Promise<TestAuthority> {
    const keys = await webcrypto.subtle.generateKey(ecdsa, true, ['sign', 'verify']);
    const certificate = await X509CertificateGenerator.createSelfSigned({
      name: `CN=${name}`,
      keys,
      signingAlgorithm: ecdsa,
      extensions: [new BasicConstraintsExtension(true)],
    });
    return new TestAuthority(folder, await writeFiles(folder, name, certificate, keys), certificate, keys);
  }

  /** For a client or a server at 127.0.0.1; the subject is such as `CN=system:node:n1, O=system:nodes`. */
  async issue(name: string, subject: string): Promise<CertificateFiles> {
    const keys = await webcrypto.subtle.generateKey(ecdsa, true, ['sign', 'verify']);
    const certificate = await X509CertificateGenerator.create({
      subject,
      issuer: this.#certificate.subject,
      publicKey: keys.publicKey,
      signingKey: this.#keys.privateKey,
      signingAlgorithm: ecdsa,
      extensions: [new SubjectAlternativeNameExtension([{ type: 'ip', value: '127.0.0.1' }])],
    });
    return writeFiles(this.#folder, name, certificate, keys);
  }
}

async function writeFiles(
  folder: string,
  name: string,
  signed: X509Certificate,
  keys: webcrypto.CryptoKeyPair,
): Promise<CertificateFiles> {
  const certFile = path.join(folder, `${name}.crt`);
  const keyFile = path.join(folder, `${name}.key`);
  const certificate = signed.toString('pem');
  const key = toPkcs8Pem(KeyObject.from(keys.privateKey));
  await writeFile(certFile, certificate);
  await writeFile(keyFile, key, { mode: 0o600 });
  return { certificate, key, certFile, keyFile };
}
