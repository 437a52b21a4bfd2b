import type { PemSource } from './certificate-source.js';

/** The keys of a configuration's section `mtls` that say where the texts are; for each part one of the two is given. */
export interface MtlsTexts {
  readonly cert_file: string;
  readonly key_file: string;
  readonly ca_file: string;
  readonly cert_pem: string;
  readonly ca_pem: string;
  readonly key_pem: { reveal(): string };
}

/** What a certificate source is to read, each part with the setting that people know it by. */
export function pemSources(mtls: MtlsTexts): Readonly<Record<'cert' | 'key' | 'ca', PemSource>> {
  const source = (part: 'cert' | 'key' | 'ca', file: string, pem: string): PemSource =>
    file === '' ? { setting: `mtls.${part}_pem`, pem } : { setting: `mtls.${part}_file`, file };
  return {
    cert: source('cert', mtls.cert_file, mtls.cert_pem),
    key: source('key', mtls.key_file, mtls.key_pem.reveal()),
    ca: source('ca', mtls.ca_file, mtls.ca_pem),
  };
}
