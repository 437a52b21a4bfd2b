import { generateKeyPairSync } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadDecisionMakerConfig } from '../../config/decisionmaker-config.js';
import { loadManagerConfig } from '../../config/manager-config.js';
import { temporaryFolder } from '../support/temporary-folder.js';

/**
 * Configuration files of the first implementation load as they are, and every key can be said by the environment,
 * whether the file has it or not (contract 4.1 to 4.3).
 */
const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 });
const PRIVATE_PEM = privateKey.export({ type: 'pkcs1', format: 'pem' }).toString();
const PUBLIC_PEM = publicKey.export({ type: 'spki', format: 'pem' }).toString();

/** Every key of the manager's file, with a value that only this test uses. */
const MANAGER_KEYS: Readonly<Record<string, string | boolean>> = {
  'server.host': ':18081',
  'logging.level': 'warn',
  'logging.console': true,
  'logging.path': 'logs/manager.log',
  'logging.file_path': 'logs/manager.log',
  'mongodb.database': 'another',
  'mongodb.host': 'mongo.example',
  'mongodb.port': '27018',
  'mongodb.user': 'mongo-user',
  'mongodb.password': 'mongo-password',
  'mongodb.options': 'authSource=admin&directConnection=true&ssl=false',
  'mongodb.ca_pem': '',
  'mongodb.ca_pem_enable': false,
  'key.rsa_private_key_pem': PRIVATE_PEM,
  'key.dm_public_key_pem': PUBLIC_PEM,
  'key.client_id': 'another-client',
  'account.admin_email': 'root@example.com',
  'account.admin_password': 'a-configured-password',
  'k8s.kube_config_path': '/etc/kubeconfig',
  'k8s.in_cluster': true,
  'k8s.crd_namespace': 'gthulhu-system',
  'mtls.enable': false,
  'mtls.server_name': 'localhost',
  'mtls.cert_pem': 'placeholder',
  'mtls.key_pem': 'placeholder',
  'mtls.ca_pem': 'placeholder',
};

const AGENT_KEYS: Readonly<Record<string, string | boolean | number>> = {
  'server.host': ':18082',
  'logging.level': 'warn',
  'logging.console': true,
  'logging.path': 'logs/dm.log',
  'logging.file_path': 'logs/dm.log',
  'token.enable': true,
  'token.rsa_private_key_pem': PRIVATE_PEM,
  'token.token_duration_hr': 24,
  'mtls.enable': false,
  'mtls.cert_pem': 'placeholder',
  'mtls.key_pem': 'placeholder',
  'mtls.ca_pem': 'placeholder',
  'daemon.endpoint': 'http://127.0.0.1:28080',
  'daemon.timeout_sec': 7,
};

/** Keys that are read and not used: nothing of them is kept. */
const UNUSED = /^(logging\.(console|path|file_path)|k8s\.crd_namespace|token\.(enable|token_duration_hr))$/;

const PROGRAMS = [
  { prefix: 'MANAGER', file: 'manager_config', keys: MANAGER_KEYS, load: loadManagerConfig },
  { prefix: 'DM', file: 'dm_config', keys: AGENT_KEYS, load: loadDecisionMakerConfig },
] as const;

describe.each(PROGRAMS)('the configuration of $prefix', ({ prefix, file, keys, load }) => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  beforeAll(async () => {
    folder = await temporaryFolder();
  });
  afterAll(() => folder?.remove());

  const loaded = async (toml: string, environment: Readonly<Record<string, string>>) => {
    await writeFile(path.join(folder.path, `${file}.toml`), toml);
    const source = { name: undefined, folder: folder.path, fallbackFolder: '/nonexistent', environment };
    return (await load(source)) as unknown as Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  };

  const expectAll = (config: Awaited<ReturnType<typeof loaded>>) => {
    for (const [key, value] of Object.entries(keys)) {
      if (UNUSED.test(key)) continue;
      const [section = '', name = ''] = key.split('.');
      expect([key, plain(config[section]?.[name])]).toEqual([key, value]);
    }
  };

  it('has every key of a first-generation file', async () => {
    expectAll(await loaded(tomlOf(keys), {}));
  });

  it('takes every key from the environment where the file lacks it', async () => {
    expectAll(await loaded('', environmentOf(prefix, keys)));
  });

  it('lets the environment win over the file', async () => {
    const host = { [`${prefix}_SERVER_HOST`]: '127.0.0.1:1' };

    expect(plain((await loaded(tomlOf(keys), host)).server?.host)).toBe('127.0.0.1:1');
  });

  it('takes an empty variable for none', async () => {
    const empty = Object.fromEntries(Object.keys(environmentOf(prefix, keys)).map((name) => [name, '']));

    expectAll(await loaded(tomlOf(keys), empty));
  });
});

/** A value as it was written, whatever it is kept as: secrets are wrapped, addresses are taken apart. */
function plain(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if ('reveal' in value) return (value as { reveal(): string }).reveal();
  if ('port' in value) {
    const { host = '', port } = value as { readonly host?: string; readonly port: number };
    return `${host}:${port}`;
  }
  return value;
}

function tomlOf(keys: Readonly<Record<string, unknown>>): string {
  const sections = new Map<string, string[]>();
  for (const [key, value] of Object.entries(keys)) {
    const [section = '', name = ''] = key.split('.');
    const lines = sections.get(section) ?? [];
    sections.set(section, [...lines, `${name} = ${JSON.stringify(value)}`]);
  }
  return [...sections].map(([name, lines]) => `[${name}]\n${lines.join('\n')}\n`).join('\n');
}

function environmentOf(prefix: string, keys: Readonly<Record<string, unknown>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(keys).map(([key, value]) => [
      `${prefix}_${key.replace('.', '_').toUpperCase()}`,
      String(value),
    ]),
  );
}
