import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { createSecureContext, type SecureContext, type SecureContextOptions } from 'node:tls';
import { type Fault, invalid, messageOf } from '../domain/domain-error.js';
import { isPublishedKey, PUBLISHED_KEY_REASON } from '../domain/published-keys.js';

/** The texts that one side of TLS needs. */
export interface TlsTexts {
  readonly cert: NamedText;
  readonly key: NamedText;
  /** Who signs the certificates of the other side; a server without it asks for none. */
  readonly ca?: NamedText;
}

/** A text, or why there is none, with what people call it. */
export type NamedText = {
  readonly setting: string;
  /** Where the text came from, when not from the setting itself. */
  readonly file?: string;
} & ({ readonly pem: string } | { readonly problem: string });

export interface TlsChecks {
  /** Unix milliseconds. */
  readonly nowMs: number;
  /** Who is on the other side. A server's own certificate can be trusted without any authority above it. */
  readonly peers: 'clients' | 'servers';
  /** Whether certificates outside of their dates are refused, or taken with a note of them. */
  readonly dates: 'refused' | 'noted';
  /** As isPublishedKey takes it. */
  readonly published?: ReadonlySet<string>;
}

/** A certificate with its key, found good. */
export interface TlsMaterial {
  readonly contextOptions: SecureContextOptions;
  /** Made of these options, for whoever opens many connections: making it costs as much as a handshake. */
  readonly secureContext: SecureContext;
  /** Whether every client must show a certificate of the authority. */
  readonly asksClients: boolean;
  readonly subject: string;
  readonly serialNumber: string;
  /** Unix milliseconds. */
  readonly expiresAtMs: number;
  /** What is outside of its dates, where that is only noted. */
  readonly outOfDate: readonly Fault[];
}

/** Clocks of two machines may differ by this much: a certificate made a moment ago elsewhere is taken. */
const CLOCK_TOLERANCE_MS = 5 * 60 * 1_000;
/** The label of RFC 7468, 5.1. */
const LABEL = 'CERTIFICATE';
const CERTIFICATE = new RegExp(`-{5}BEGIN ${LABEL}-{5}[^]+?-{5}END ${LABEL}-{5}`, 'g');

/**
 * Checks what a program is to prove itself with, so that it fails here and not at every handshake. Throws `invalid`
 * with every fault; no message carries a part of the key.
 */
export function tlsMaterial({ cert, key, ca }: TlsTexts, checks: TlsChecks): TlsMaterial {
  const faults: Fault[] = [];
  const outOfDate = checks.dates === 'refused' ? faults : [];
  const certificate = ownCertificate(cert, checks.nowMs, faults, outOfDate);
  const privateKey = ownKey(key, faults);
  if (ca !== undefined) checkAuthority(ca, checks, faults, outOfDate);
  if (certificate !== undefined && privateKey !== undefined && !certificate.checkPrivateKey(privateKey)) {
    faults.push(faultOf(key, `is not the key of the certificate in ${cert.setting}`));
  }
  if (privateKey !== undefined && isPublishedKey(privateKey, checks.published)) {
    faults.push(faultOf(key, PUBLISHED_KEY_REASON));
  }
  if (certificate === undefined || faults.length > 0) throw invalid(faults);
  const contextOptions: SecureContextOptions = {
    cert: pemOf(cert),
    key: pemOf(key),
    ...(ca === undefined ? {} : { ca: pemOf(ca) }),
    minVersion: 'TLSv1.2',
  };
  return {
    contextOptions,
    secureContext: contextOf(contextOptions, cert),
    asksClients: ca !== undefined,
    subject: certificate.subject.replaceAll('\n', ', '),
    serialNumber: certificate.serialNumber,
    expiresAtMs: Date.parse(certificate.validTo),
    outOfDate,
  };
}

function contextOf(options: SecureContextOptions, cert: NamedText): SecureContext {
  try {
    return createSecureContext(options);
  } catch (error) {
    throw invalid([faultOf(cert, `cannot be used for TLS: ${messageOf(error)}`)]);
  }
}

/** The first certificate of a chain is the program's own. */
function ownCertificate(
  cert: NamedText,
  nowMs: number,
  faults: Fault[],
  outOfDate: Fault[],
): X509Certificate | undefined {
  const [own] = certificatesOf(cert, faults);
  if (own === undefined) return undefined;
  if (Date.parse(own.validTo) <= nowMs) {
    outOfDate.push(faultOf(cert, `expired at ${own.validTo}: give a new certificate`));
  } else if (Date.parse(own.validFrom) > nowMs + CLOCK_TOLERANCE_MS) {
    const reason = `is not valid before ${own.validFrom}: look at the clock of this machine`;
    outOfDate.push(faultOf(cert, reason));
  }
  return own;
}

function ownKey(key: NamedText, faults: Fault[]): KeyObject | undefined {
  if ('problem' in key) {
    faults.push(faultOf(key, key.problem));
    return undefined;
  }
  try {
    return createPrivateKey(key.pem);
  } catch {
    const reason = /ENCRYPTED/.test(key.pem)
      ? 'is encrypted: give a key without a passphrase, in a file that only this program may read'
      : 'must be a private key in PEM';
    faults.push(faultOf(key, reason));
    return undefined;
  }
}

function checkAuthority(
  ca: NamedText,
  { nowMs, peers, published }: TlsChecks,
  faults: Fault[],
  outOfDate: Fault[],
): void {
  const certificates = certificatesOf(ca, faults);
  if (certificates.length === 0) return;
  // Anybody could sign a certificate with it: one of them among good ones is enough.
  if (certificates.some(({ publicKey }) => isPublishedKey(publicKey, published))) {
    faults.push(faultOf(ca, `holds a certificate whose key ${PUBLISHED_KEY_REASON}`));
  }
  const authorities = peers === 'servers' ? certificates : certificates.filter(({ ca: signs }) => signs);
  if (authorities.length === 0) {
    faults.push(faultOf(ca, 'holds no certificate of an authority: it could not sign a client’s'));
  } else if (authorities.every(({ validTo }) => Date.parse(validTo) <= nowMs)) {
    outOfDate.push(
      faultOf(ca, `expired at ${authorities[0]?.validTo}: none of the ${peers} could be trusted`),
    );
  }
}

function certificatesOf(text: NamedText, faults: Fault[]): X509Certificate[] {
  if ('problem' in text) {
    faults.push(faultOf(text, text.problem));
    return [];
  }
  try {
    const certificates = [...text.pem.matchAll(CERTIFICATE)].map(([block]) => new X509Certificate(block));
    if (certificates.length === 0) faults.push(faultOf(text, 'must hold a certificate in PEM'));
    return certificates;
  } catch (error) {
    faults.push(faultOf(text, `holds a certificate that cannot be read: ${messageOf(error)}`));
    return [];
  }
}

function faultOf({ setting, file }: NamedText, reason: string): Fault {
  return { field: setting, reason: file === undefined ? reason : `${file} ${reason}` };
}

function pemOf(text: NamedText): string {
  return 'pem' in text ? text.pem : '';
}
