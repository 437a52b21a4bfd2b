import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { createSecureContext, type SecureContextOptions } from 'node:tls';
import { type Fault, invalid, messageOf } from '../domain/domain-error.js';

/** The texts that a TLS server needs, each with what people call it: the setting, and the file where there is one. */
export interface TlsTexts {
  readonly cert: NamedText;
  readonly key: NamedText;
  /** Who signs the certificates of clients; without it none are asked for. */
  readonly ca?: NamedText;
}

export interface NamedText {
  readonly name: string;
  readonly pem: string;
}

/** A certificate with its key, found good. */
export interface TlsMaterial {
  readonly contextOptions: SecureContextOptions;
  /** Whether every client must show a certificate of the authority. */
  readonly asksClients: boolean;
  readonly subject: string;
  readonly serialNumber: string;
  /** Unix milliseconds. */
  readonly expiresAtMs: number;
}

/** Clocks of two machines may differ by this much: a certificate made a moment ago elsewhere is taken. */
const CLOCK_TOLERANCE_MS = 5 * 60 * 1_000;
const CERTIFICATE = /-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g;

/**
 * Checks what a server is to prove itself with, so that it fails here and not at every handshake. Throws `invalid`
 * with every fault; no message carries a part of the key.
 */
export function tlsMaterial({ cert, key, ca }: TlsTexts, nowMs: number): TlsMaterial {
  const faults: Fault[] = [];
  const certificate = ownCertificate(cert, nowMs, faults);
  const privateKey = ownKey(key, faults);
  if (ca !== undefined) checkAuthority(ca, nowMs, faults);
  if (certificate !== undefined && privateKey !== undefined && !certificate.checkPrivateKey(privateKey)) {
    faults.push({ field: key.name, reason: `is not the key of the certificate in ${cert.name}` });
  }
  if (certificate === undefined || faults.length > 0) throw invalid(faults);
  const contextOptions: SecureContextOptions = {
    cert: cert.pem,
    key: key.pem,
    ...(ca === undefined ? {} : { ca: ca.pem }),
    minVersion: 'TLSv1.2',
  };
  try {
    createSecureContext(contextOptions);
  } catch (error) {
    throw invalid([{ field: cert.name, reason: `cannot be used for TLS: ${messageOf(error)}` }]);
  }
  return {
    contextOptions,
    asksClients: ca !== undefined,
    subject: certificate.subject.replaceAll('\n', ', '),
    serialNumber: certificate.serialNumber,
    expiresAtMs: Date.parse(certificate.validTo),
  };
}

/** The first certificate of a chain is the server's own. */
function ownCertificate(cert: NamedText, nowMs: number, faults: Fault[]): X509Certificate | undefined {
  const [own] = certificatesOf(cert, faults);
  if (own === undefined) return undefined;
  if (Date.parse(own.validTo) <= nowMs) {
    faults.push({ field: cert.name, reason: `expired at ${own.validTo}: give a new certificate` });
  } else if (Date.parse(own.validFrom) > nowMs + CLOCK_TOLERANCE_MS) {
    faults.push({
      field: cert.name,
      reason: `is not valid before ${own.validFrom}: look at the clock of this machine`,
    });
  }
  return own;
}

function ownKey(key: NamedText, faults: Fault[]): KeyObject | undefined {
  try {
    return createPrivateKey(key.pem);
  } catch {
    const reason = /ENCRYPTED/.test(key.pem)
      ? 'is encrypted: give a key without a passphrase, in a file that only this program may read'
      : 'must be a private key in PEM';
    faults.push({ field: key.name, reason });
    return undefined;
  }
}

function checkAuthority(ca: NamedText, nowMs: number, faults: Fault[]): void {
  const certificates = certificatesOf(ca, faults);
  if (certificates.length === 0) return;
  const authorities = certificates.filter((certificate) => certificate.ca);
  if (authorities.length === 0) {
    faults.push({
      field: ca.name,
      reason: 'holds no certificate of an authority: it could not sign a client’s',
    });
  } else if (authorities.every(({ validTo }) => Date.parse(validTo) <= nowMs)) {
    faults.push({ field: ca.name, reason: `expired at ${authorities[0]?.validTo}: no client could get in` });
  }
}

function certificatesOf({ name, pem }: NamedText, faults: Fault[]): X509Certificate[] {
  try {
    const certificates = [...pem.matchAll(CERTIFICATE)].map(([text]) => new X509Certificate(text));
    if (certificates.length === 0) faults.push({ field: name, reason: 'must hold a certificate in PEM' });
    return certificates;
  } catch (error) {
    faults.push({ field: name, reason: `holds a certificate that cannot be read: ${messageOf(error)}` });
    return [];
  }
}
