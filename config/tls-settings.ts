import { z } from 'zod';
import { type Secret, secretText } from './secret.js';

/** Where a certificate and its key come from: each from a file or as PEM text; empty = not given. */
export const TLS_FILES_AND_TEXTS = {
  cert_file: z.string().default(''),
  key_file: z.string().default(''),
  cert_pem: z.string().default(''),
  key_pem: secretText,
} as const;

/** The same with the authority of the other side. */
export const MTLS_FILES_AND_TEXTS = {
  cert_file: z.string().default(''),
  key_file: z.string().default(''),
  ca_file: z.string().default(''),
  cert_pem: z.string().default(''),
  key_pem: secretText,
  ca_pem: z.string().default(''),
} as const;

type PublicKeys<Settings> = Exclude<keyof Settings, 'key_pem'>;

interface TlsSettings extends Readonly<Record<PublicKeys<typeof TLS_FILES_AND_TEXTS>, string>> {
  readonly enable: boolean;
  readonly key_pem: Secret;
}

interface MtlsSettings extends TlsSettings, Readonly<Record<'ca_file' | 'ca_pem', string>> {}

/** Refuses what is missing, or given twice, where mutual TLS is on. */
export function checkMtlsSettings(mtls: MtlsSettings, context: z.core.$RefinementCtx): void {
  if (!mtls.enable) return;
  const what = 'mutual TLS';
  checkPart('cert', what, [mtls.cert_pem, mtls.cert_file], context);
  checkPart('key', what, [mtls.key_pem.reveal(), mtls.key_file], context);
  checkPart('ca', what, [mtls.ca_pem, mtls.ca_file], context);
}

/** Refuses what is missing, or given twice, where TLS is on. */
export function checkTlsSettings(tls: TlsSettings, context: z.core.$RefinementCtx): void {
  if (!tls.enable) return;
  checkPart('cert', 'TLS', [tls.cert_pem, tls.cert_file], context);
  checkPart('key', 'TLS', [tls.key_pem.reveal(), tls.key_file], context);
}

function checkPart(
  part: 'cert' | 'key' | 'ca',
  what: string,
  values: readonly string[],
  context: z.core.$RefinementCtx,
): void {
  if (values.filter((value) => value !== '').length === 1) return;
  const message = `must be given once where ${what} is on: as ${part}_file or as ${part}_pem`;
  context.addIssue({ code: 'custom', path: [`${part}_file`], message });
}
