import type { PemSource } from './certificate-source.js';

/** The keys of a section that say where a certificate and its key are; for each part one of the two is given. */
interface CertificateTexts {
  readonly cert_file: string;
  readonly key_file: string;
  readonly cert_pem: string;
  readonly key_pem: { reveal(): string };
}

/** The keys of a configuration's section `mtls`. */
export interface MtlsTexts extends CertificateTexts {
  readonly ca_file: string;
  readonly ca_pem: string;
}

/** What a certificate source is to read, each part with the setting that people know it by. */
export function pemSources(mtls: MtlsTexts): Readonly<Record<'cert' | 'key' | 'ca', PemSource>> {
  return { ...certificatePemSources('mtls', mtls), ca: pemSource('mtls', 'ca', mtls.ca_file, mtls.ca_pem) };
}

/** The same for a server that asks its clients for no certificate. */
export function certificatePemSources(
  section: string,
  { cert_file, cert_pem, key_file, key_pem }: CertificateTexts,
): Readonly<Record<'cert' | 'key', PemSource>> {
  return {
    cert: pemSource(section, 'cert', cert_file, cert_pem),
    key: pemSource(section, 'key', key_file, key_pem.reveal()),
  };
}

function pemSource(section: string, part: 'cert' | 'key' | 'ca', file: string, pem: string): PemSource {
  return file === ''
    ? { setting: `${section}.${part}_pem`, pem }
    : { setting: `${section}.${part}_file`, file };
}
