import { z } from 'zod';
import { type Secret, secretText } from './secret.js';

/** Where the certificate, the key and the authority come from: each from a file or as PEM text; empty = not given. */
export const MTLS_FILES_AND_TEXTS = {
  cert_file: z.string().default(''),
  key_file: z.string().default(''),
  ca_file: z.string().default(''),
  cert_pem: z.string().default(''),
  key_pem: secretText,
  ca_pem: z.string().default(''),
} as const;

type PublicKeys = Exclude<keyof typeof MTLS_FILES_AND_TEXTS, 'key_pem'>;

interface MtlsSettings extends Readonly<Record<PublicKeys, string>> {
  readonly enable: boolean;
  readonly key_pem: Secret;
}

/** Refuses what is missing, or given twice, where mutual TLS is on. */
export function checkMtlsSettings(mtls: MtlsSettings, context: z.core.$RefinementCtx): void {
  if (!mtls.enable) return;
  for (const part of ['cert', 'key', 'ca'] as const) {
    const text = part === 'key' ? mtls.key_pem.reveal() : mtls[`${part}_pem`];
    const given = [text, mtls[`${part}_file`]].filter((value) => value !== '').length;
    if (given === 1) continue;
    const message = `must be given once where mutual TLS is on: as ${part}_file or as ${part}_pem`;
    context.addIssue({ code: 'custom', path: [`${part}_file`], message });
  }
}
