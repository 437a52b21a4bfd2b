import { isIP } from 'node:net';
import { hostname } from 'node:os';
import { z } from 'zod';
import { LOG_LEVELS } from '../shared/domain/log-level.js';
import { parseListenAddress } from '../shared/http/listen-address.js';
import { processEnvironment } from './environment.js';
import { loadConfig, type ProgramConfigSource } from './load-config.js';
import { secretText } from './secret.js';
import { checkMtlsSettings, MTLS_FILES_AND_TEXTS } from './tls-settings.js';

export const DEFAULT_DECISION_MAKER_CONFIG_NAME = 'dm_config';

const listenAddress = z.string().transform((text, context) => {
  const address = parseListenAddress(text);
  if (address !== undefined) return address;
  context.addIssue({
    code: 'custom',
    message: `must be an address such as ":8080" or "127.0.0.1:8080", found ${JSON.stringify(text)}`,
  });
  return z.NEVER;
});

/** An address as above, or nothing. */
const optionalListenAddress = z.union([z.literal('').transform(() => undefined), listenAddress]);

const networks = z.array(
  z
    .string()
    .refine((text) => isNetwork(text), 'must be a network such as "10.0.0.0/8" or "fd00::/8", or an address'),
);

function isNetwork(text: string): boolean {
  const [address = '', prefix, ...rest] = text.split('/');
  if (isIP(address) === 0 || rest.length > 0) return false;
  if (prefix === undefined) return true;
  return /^\d{1,3}$/.test(prefix) && Number(prefix) <= (isIP(address) === 4 ? 32 : 128);
}

/** Without a slash at its end. */
const endpoint = z
  .string()
  .refine(
    (text) => isEndpoint(text),
    'must be a URL such as "http://127.0.0.1:18080", without query or fragment',
  )
  .transform((text) => text.replace(/\/+$/, ''));

function isEndpoint(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, search, hash } = new URL(text);
  return (protocol === 'http:' || protocol === 'https:') && search === '' && hash === '';
}

const folder = z.string().min(1, 'must be the path of a folder');

/** Every key of the decision maker's file, with its default; what each means stands in dm_config.toml. */
export const decisionMakerSchema = z.strictObject({
  server: z
    .strictObject({ host: listenAddress.prefault(':8080'), unix_socket: z.string().default('') })
    .prefault({}),
  logging: z
    .strictObject({
      level: z.enum(LOG_LEVELS).default('info'),
      /** Accepted and ignored: lines always go to standard error. */
      console: z.boolean().optional(),
      file_path: z.string().optional(),
      path: z.string().optional(),
    })
    .prefault({}),
  node: z
    .strictObject({
      name: z.string().default(''),
      machine_id: z.string().default(''),
    })
    .prefault({}),
  state: z
    .strictObject({
      dir: folder.default('/var/lib/podium-decisionmaker'),
      max_age_sec: z.int().min(0).max(31_536_000).default(0),
    })
    .prefault({}),
  proc: z.strictObject({ root: folder.default('/proc') }).prefault({}),
  cgroup: z.strictObject({ root: folder.default('/sys/fs/cgroup') }).prefault({}),
  sys: z.strictObject({ root: folder.default('/sys') }).prefault({}),
  auth: z
    .strictObject({
      manager_jwks_file: z.string().default('/etc/podium/manager-jwks.json'),
      scheduler_token: z.boolean().default(true),
      legacy_manager: z.boolean().default(false),
      legacy_manager_networks: networks.default([]),
    })
    .prefault({}),
  token: z
    .strictObject({
      /** Accepted and ignored: the scheduler's route is never open. */
      enable: z.boolean().optional(),
      rsa_private_key_pem: secretText,
      token_duration_hr: z.number().positive().max(8_760).default(24),
    })
    .prefault({}),
  scheduling: z
    .strictObject({
      priority_format: z.enum(['int', 'bool']).default('int'),
      max_items: z.int().min(1).max(1_000_000).default(4_096),
      serve_priority_zero: z.boolean().default(false),
    })
    .prefault({}),
  refresh: z.strictObject({ interval_ms: z.int().min(10).max(10_000).default(500) }).prefault({}),
  metrics: z
    .strictObject({
      host: optionalListenAddress.prefault(''),
      pod_counters: z.boolean().default(false),
      scheduler_silence_sec: z.int().min(0).max(86_400).default(60),
    })
    .prefault({}),
  mtls: z
    .strictObject({
      enable: z.boolean().default(false),
      ...MTLS_FILES_AND_TEXTS,
    })
    .prefault({})
    .superRefine(checkMtlsSettings),
  daemon: z
    .strictObject({
      endpoint: endpoint.default('http://127.0.0.1:18080'),
      timeout_sec: z.number().positive().max(3_600).default(5),
    })
    .prefault({}),
});

export type DecisionMakerConfig = Readonly<z.output<typeof decisionMakerSchema>>;

/**
 * Reads the decision maker's configuration: the file, laid over by DM_SECTION_KEY for every key (contract 4.3). The
 * node's name comes from NODE_NAME or the host where neither says it.
 */
export async function loadDecisionMakerConfig(source: ProgramConfigSource): Promise<DecisionMakerConfig> {
  const environment = source.environment ?? processEnvironment();
  const config = await loadConfig(decisionMakerSchema, {
    ...source,
    name: source.name || DEFAULT_DECISION_MAKER_CONFIG_NAME,
    environmentPrefix: 'DM',
    environment,
  });
  const node = {
    name: config.node.name || environment.NODE_NAME || hostname(),
    machine_id: config.node.machine_id || environment.MACHINE_ID || '',
  };
  return Object.freeze({ ...config, node: Object.freeze(node) });
}
