import { z } from 'zod';
import { holdsCertificate } from '../shared/domain/certificate-text.js';
import { secretText } from './secret.js';

const port = z
  .union([z.string(), z.int()])
  .default('27017')
  .transform(String)
  .refine((text) => /^\d{1,5}$/.test(text) && Number(text) >= 1 && Number(text) <= 65_535, {
    message: 'must be a port from 1 to 65535',
  });

const host = z
  .string()
  .default('localhost')
  .refine((text) => /^([A-Za-z0-9._-]+|\[?[0-9A-Fa-f]*:[0-9A-Fa-f]*:[0-9A-Fa-f:.]*\]?)$/.test(text), {
    message: 'must be one host name or address without a port; give several in mongodb.uri',
  });

const uri = secretText.refine((secret) => /^$|^mongodb(\+srv)?:\/\/./.test(secret.reveal()), {
  message: 'must begin with mongodb:// or mongodb+srv://',
});

/** The section `[mongodb]`: the public keys (contract 4.1), a whole URI instead of them, and our limits. */
export const mongoSettings = z
  .strictObject({
    uri,
    database: z
      .string()
      .regex(
        /^[^/\\. "$*<>:|?\0]{1,63}$/,
        'must be a database name: 1 to 63 characters, none of /\\. "$*<>:|?',
      )
      .default('manager'),
    host,
    port,
    user: z.string().default(''),
    password: secretText,
    options: z.string().default('authSource=admin&directConnection=true'),
    ca_pem: z.string().default(''),
    ca_pem_enable: z.boolean().default(false),
    connect_timeout_ms: z.int().min(100).max(60_000).default(3_000),
    operation_timeout_ms: z.int().min(100).max(60_000).default(5_000),
    pool_size: z.int().min(1).max(1_000).default(20),
  })
  .prefault({})
  .superRefine(({ ca_pem, ca_pem_enable }, context) => {
    if (!ca_pem_enable || holdsCertificate(ca_pem)) return;
    const message = 'must be a certificate in PEM where mongodb.ca_pem_enable is true';
    context.addIssue({ code: 'custom', path: ['ca_pem'], message });
  });
