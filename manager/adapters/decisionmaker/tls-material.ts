import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createSecureContext, type SecureContext } from 'node:tls';
import { DomainError, type Fault, messageOf } from '../../../shared/domain/domain-error.js';
import { errnoOf } from '../../../shared/files/read-if-present.js';

/** A PEM text, or the file that holds it. */
export interface PemSource {
  /** The key of the configuration, for messages. */
  readonly field: string;
  /** Empty = `text` counts. */
  readonly file: string;
  readonly text: string;
}

export interface TlsSources {
  readonly cert: PemSource;
  readonly key: PemSource;
  readonly ca: PemSource;
}

/** A text, or why there is none. */
type Found = { readonly text: string } | { readonly problem: string };

/** What the three sources hold. */
export type TlsTexts = Readonly<Record<keyof TlsSources, Found>>;

/** What came of them. */
export interface TlsMaterial {
  readonly secureContext: SecureContext;
  /** When the own certificate ends, in Unix milliseconds. */
  readonly expiresAtMs: number;
}

export async function readTlsTexts({ cert, key, ca }: TlsSources): Promise<TlsTexts> {
  return { cert: await found(cert), key: await found(key), ca: await found(ca) };
}

async function found({ file, text }: PemSource): Promise<Found> {
  if (file === '') return { text };
  try {
    return { text: await readFile(file, 'utf8') };
  } catch (error) {
    return { problem: `${file} cannot be read: ${errnoOf(error) ?? messageOf(error)}` };
  }
}

/** Throws `invalid` with every fault: no text, text that is no certificate or key, a key that is not the certificate's. */
export function tlsMaterial(texts: TlsTexts, sources: TlsSources): TlsMaterial {
  const faults: Fault[] = [];
  const attempt = <Value>(
    part: keyof TlsSources,
    expected: string,
    read: (text: string) => Value,
  ): Value | undefined => {
    const source = texts[part];
    const { field } = sources[part];
    try {
      if ('text' in source) return read(source.text);
      faults.push({ field, reason: source.problem });
    } catch (error) {
      faults.push({ field, reason: `must be ${expected}: ${messageOf(error)}` });
    }
    return undefined;
  };
  const certificates = attempt('cert', 'a certificate in PEM', certificatesIn);
  const key = attempt('key', 'a private key in PEM', (text) => createPrivateKey(text));
  const authorities = attempt('ca', 'certificates in PEM', certificatesIn);
  const certificate = certificates?.[0];
  if (certificate !== undefined && key !== undefined && !certificate.checkPrivateKey(key)) {
    faults.push({
      field: sources.key.field,
      reason: `is not the key of the certificate in ${sources.cert.field}`,
    });
  }
  if (
    certificates === undefined ||
    certificate === undefined ||
    key === undefined ||
    authorities === undefined
  )
    throw unusable(faults);
  if (faults.length > 0) throw unusable(faults);
  const secureContext = createSecureContext({
    cert: certificates.map(String).join(''),
    key: pemOf(key),
    ca: authorities.map((authority) => authority.toString()),
    minVersion: 'TLSv1.2',
  });
  return { secureContext, expiresAtMs: Date.parse(certificate.validTo) };
}

const PEM_CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g;

/** Every one of them must be readable: TLS itself would pass over what it cannot read. */
function certificatesIn(text: string): X509Certificate[] {
  const blocks = text.match(PEM_CERTIFICATE);
  if (blocks === null) throw new Error('found none');
  return blocks.map((block) => new X509Certificate(block));
}

function pemOf(key: KeyObject): string {
  return key.export({ type: 'pkcs8', format: 'pem' }).toString();
}

function unusable(faults: readonly Fault[]): DomainError {
  const list = faults.map(({ field, reason }) => `\n  ${field}: ${reason}`).join('');
  return new DomainError('invalid', `mutual TLS to the decision makers cannot be used:${list}`, {
    details: faults,
  });
}
