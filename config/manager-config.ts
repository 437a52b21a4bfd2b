import { z } from 'zod';
import { privateKeyFromPem, publicKeyFromPem, toSpkiPem } from '../shared/auth/keys.js';
import { DomainError, messageOf } from '../shared/domain/domain-error.js';
import { LOG_LEVELS } from '../shared/domain/log-level.js';
import { isAddressBlock } from '../shared/http/address-block.js';
import { loadConfig, type ProgramConfigSource } from './load-config.js';
import { mongoSettings } from './mongo-settings.js';
import { oidcSettings } from './oidc-settings.js';
import { Secret, secretText } from './secret.js';
import {
  checkMtlsSettings,
  checkTlsSettings,
  MTLS_FILES_AND_TEXTS,
  TLS_FILES_AND_TEXTS,
} from './tls-settings.js';

const listenAddress = z
  .string()
  .regex(
    /^(\[[0-9a-fA-F:.]+\]|[^:[\]\s]*):\d{1,5}$/,
    'must be an address such as ":8081" or "127.0.0.1:8081"',
  );

const AGENT_KEY = 'key.dm_public_key_pem';
const PREVIOUS_KEYS = 'key.previous_public_keys_pem';

/** Adds what is wrong with a key, in words that show nothing of it. */
function check(read: () => unknown, context: z.core.$RefinementCtx): void {
  try {
    read();
  } catch (error) {
    const message = error instanceof DomainError ? (error.details[0]?.reason ?? '') : messageOf(error);
    context.addIssue({ code: 'custom', message });
  }
}

const signingKey = z
  .string()
  .default('')
  .superRefine((pem, context) => {
    if (pem !== '') check(() => privateKeyFromPem(pem, 'key.rsa_private_key_pem'), context);
  })
  .transform((pem) => new Secret(pem));

const previousPublicKey = z
  .string()
  .superRefine((pem, context) => check(() => publicKeyFromPem(pem, PREVIOUS_KEYS), context));

/** Empty, or the key in the form that agents of the first generation compare with their own (contract 2.2). */
const agentPublicKey = z
  .string()
  .default('')
  .superRefine((pem, context) => {
    if (pem !== '') check(() => publicKeyFromPem(pem, AGENT_KEY), context);
  })
  .transform((pem) => new Secret(pem === '' ? '' : toSpkiPem(publicKeyFromPem(pem, AGENT_KEY))));

/** Keys of the first generation that we accept so that its files load, and do not use. */
const unused = z.unknown().optional();

/**
 * Everything that the manager can be told. The keys of the first generation keep their names (contract 4.1); the
 * defaults and what each key means stand in manager_config.toml.
 */
export const managerConfigSchema = z.strictObject({
  server: z
    .strictObject({
      host: listenAddress.default(':8081'),
      trusted_proxies: z
        .array(z.string().refine(isAddressBlock, 'must be an address block such as "10.0.0.0/8"'))
        .default([]),
    })
    .prefault({}),
  logging: z
    .strictObject({
      level: z.enum(LOG_LEVELS).default('info'),
      console: unused,
      path: unused,
      file_path: unused,
    })
    .prefault({}),
  state: z.strictObject({ dir: z.string().min(1).default('/var/lib/podium/manager') }).prefault({}),
  storage: z
    .strictObject({
      driver: z.enum(['embedded', 'mongodb'], 'must be "embedded" or "mongodb"').default('embedded'),
    })
    .prefault({}),
  mongodb: mongoSettings,
  key: z
    .strictObject({
      rsa_private_key_pem: signingKey,
      previous_public_keys_pem: z.array(previousPublicKey).default([]),
      rotation_overlap_sec: z.int().min(1).max(604_800).default(300),
      rotation_days: z.int().min(0).max(3_650).default(0),
      dm_public_key_pem: agentPublicKey,
      client_id: z.string().default('manager-client'),
    })
    .prefault({})
    .superRefine(({ client_id, dm_public_key_pem }, context) => {
      if (client_id !== '' || dm_public_key_pem.reveal() === '') return;
      const message = 'must not be empty where key.dm_public_key_pem is given';
      context.addIssue({ code: 'custom', path: ['client_id'], message });
    }),
  account: z
    .strictObject({ admin_email: z.string().min(1).default('admin@example.com'), admin_password: secretText })
    .prefault({}),
  token: z
    .strictObject({
      access_lifetime_sec: z.int().min(60).max(86_400).default(900),
      refresh_lifetime_sec: z.int().min(300).max(31_536_000).default(86_400),
      refresh_grace_sec: z.int().min(0).max(300).default(10),
      session_lifetime_sec: z.int().min(300).max(31_536_000).default(2_592_000),
      sessions_per_user: z.int().min(1).max(1_000).default(20),
    })
    .prefault({}),
  login: z
    .strictObject({
      throttle: z.boolean().default(true),
      failures_per_account: z.int().min(1).max(1_000).default(5),
      failures_per_network: z.int().min(1).max(100_000).default(50),
      failures_in_all: z.int().min(1).max(1_000_000).default(1_000),
      window_sec: z.int().min(1).max(86_400).default(300),
      longest_delay_sec: z.int().min(1).max(86_400).default(300),
    })
    .prefault({}),
  oidc: oidcSettings,
  k8s: z
    .strictObject({
      kube_config_path: z.string().default(''),
      in_cluster: z.boolean().default(false),
      crd_namespace: unused,
      namespace: z.string().min(1).default('podium-system'),
      protected_namespaces: z.array(z.string()).default(['kube-system', 'kube-public', 'kube-node-lease']),
    })
    .prefault({}),
  delivery: z
    .strictObject({
      parallelism: z.int().min(1).max(1_024).default(64),
      timeout_ms: z.int().min(100).max(60_000).default(5_000),
      backoff_min_ms: z.int().min(10).max(60_000).default(200),
      backoff_max_ms: z.int().min(100).max(600_000).default(30_000),
      sweep_interval_sec: z.int().min(1).max(3_600).default(30),
    })
    .prefault({}),
  tls: z
    .strictObject({
      enable: z.boolean().default(false),
      hsts_max_age_sec: z.int().min(0).max(63_072_000).default(31_536_000),
      ...TLS_FILES_AND_TEXTS,
    })
    .prefault({})
    .superRefine(checkTlsSettings),
  mtls: z
    .strictObject({
      enable: z.boolean().default(false),
      server_name: z.string().default(''),
      ...MTLS_FILES_AND_TEXTS,
    })
    .prefault({})
    .superRefine(checkMtlsSettings),
});

export type ManagerConfig = Readonly<z.output<typeof managerConfigSchema>>;

const DEFAULT_MANAGER_CONFIG_NAME = 'manager_config';

/** Reads the manager's configuration: the file, laid over by MANAGER_SECTION_KEY for every key (contract 4.3). */
export function loadManagerConfig(source: ProgramConfigSource): Promise<ManagerConfig> {
  const name = source.name || DEFAULT_MANAGER_CONFIG_NAME;
  return loadConfig(managerConfigSchema, { ...source, name, environmentPrefix: 'MANAGER' });
}
