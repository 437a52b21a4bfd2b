import {
  type CertificateAuthority,
  createCertificateAuthority,
} from '../../localcluster/pki/certificate-authority.js';
import { type CertificatePair, writeCertificatePair } from '../../localcluster/pki/certificate-pair.js';
import { issueClientCertificate, issueServerCertificate } from '../../localcluster/pki/issue-certificate.js';

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
  readonly #authority: CertificateAuthority;

  private constructor(folder: string, authority: CertificateAuthority, files: CertificateFiles) {
    this.#folder = folder;
    this.#authority = authority;
    this.files = files;
  }

  static async create(folder: string, name = 'authority'): Promise<TestAuthority> {
    const authority = await createCertificateAuthority(name);
    return new TestAuthority(folder, authority, await written(folder, name, authority));
  }

  /**
   * For a server at 127.0.0.1.
   *
   * @param validDays Negative = it has expired that many days ago.
   */
  async server(name: string, validDays = 365): Promise<CertificateFiles> {
    const identity = { commonName: name, dnsNames: [], ipAddresses: ['127.0.0.1'], validDays };
    return written(this.#folder, name, await issueServerCertificate(this.#authority, identity));
  }

  /** For a client: a user, and the groups that the user belongs to; `validDays` as for a server. */
  async client(
    name: string,
    commonName: string,
    organizations: readonly string[] = [],
    validDays = 365,
  ): Promise<CertificateFiles> {
    const pair = await issueClientCertificate(this.#authority, { commonName, organizations, validDays });
    return written(this.#folder, name, pair);
  }
}

async function written(folder: string, name: string, pair: CertificatePair): Promise<CertificateFiles> {
  const { certificateFile, privateKeyFile } = await writeCertificatePair(folder, name, pair);
  return {
    certificate: pair.certificatePem,
    key: pair.privateKeyPem,
    certFile: certificateFile,
    keyFile: privateKeyFile,
  };
}
