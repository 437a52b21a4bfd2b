import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { packageRoot } from '../shared/files/package-root.js';
import { loadManagerConfig, managerConfigSchema } from './manager-config.js';

const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const SPKI = publicKey.export({ type: 'spki', format: 'pem' }).toString();
const PKCS1 = publicKey.export({ type: 'pkcs1', format: 'pem' }).toString();

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'podium-test-'));
});
afterEach(() => rm(folder, { recursive: true }));

async function load(toml: string, environment: Record<string, string> = {}) {
  await writeFile(path.join(folder, 'manager_config.toml'), toml);
  return loadManagerConfig({ name: undefined, folder, fallbackFolder: '/nonexistent', environment });
}

async function faultyFields(toml: string): Promise<string[]> {
  return load(toml).then(
    () => [],
    (error) => error.details.map((fault: { field: string }) => fault.field).toSorted(),
  );
}

describe("the manager's configuration", () => {
  it('is, as shipped, what an empty file means', async () => {
    const shipped = await loadManagerConfig({
      name: undefined,
      folder: path.join(packageRoot(), 'config'),
      fallbackFolder: '/nonexistent',
      environment: {},
    });

    expect(JSON.stringify(shipped)).toBe(JSON.stringify(managerConfigSchema.parse({})));
  });

  it('takes the key of old agents in both forms, and never prints it', async () => {
    for (const pem of [SPKI, PKCS1]) {
      const config = await load('', { MANAGER_KEY_DM_PUBLIC_KEY_PEM: pem });

      expect(config.key.dm_public_key_pem.reveal()).toBe(SPKI);
      expect(JSON.stringify(config)).not.toContain('PUBLIC KEY');
    }
    expect((await load('')).key).toMatchObject({ client_id: 'manager-client' });
  });

  it.each([
    ['no key', "'''hello'''", 'key.dm_public_key_pem'],
    ['a private key', `'''-----BEGIN ${'PRIVATE'} KEY-----'''`, 'key.dm_public_key_pem'],
    ['no client id', `'''${SPKI}'''\nclient_id = ""`, 'key.client_id'],
  ])('refuses %s', async (_title, value, field) => {
    expect(await faultyFields(`[key]\ndm_public_key_pem = ${value}`)).toEqual([field]);
  });

  it('leaves what a file of the first generation says about mutual TLS alone while that is off', async () => {
    const { mtls } = await load(
      '[mtls]\nenable = false\nserver_name = "localhost"\ncert_pem = "..."\nkey_pem = "..."\nca_pem = "..."',
    );

    expect(mtls).toMatchObject({ enable: false, server_name: 'localhost' });
  });

  it('refuses a key to sign with, or to trust, that is none, and shows nothing of it', async () => {
    const refusal = await load(
      `[key]\nrsa_private_key_pem = "my secret"\nprevious_public_keys_pem = ['''${SPKI}''', "other"]`,
    ).catch((error) => error);

    expect(refusal.details.map(({ field }: { field: string }) => field).toSorted()).toEqual([
      'key.previous_public_keys_pem.1',
      'key.rsa_private_key_pem',
    ]);
    expect(refusal.message).toContain('found no PEM text');
    expect(refusal.message).not.toMatch(/my secret|other/);
  });

  it('takes trusted proxies from a file and from the environment, and refuses what is no address block', async () => {
    expect((await load('[server]\ntrusted_proxies = ["10.0.0.0/8", "::1"]')).server.trusted_proxies).toEqual([
      '10.0.0.0/8',
      '::1',
    ]);
    expect(await faultyFields('[server]\ntrusted_proxies = ["proxy.example.com"]')).toEqual([
      'server.trusted_proxies.0',
    ]);
  });

  const OIDC = `[oidc]
    issuer = "https://login.example.com"
    client_id = "podium"
    redirect_url = "https://podium.example.com/api/v1/auth/oidc/callback"
    role_map = ["cn=admins,dc=example=admin", "devs = operator"]
  `;

  it('reads who has which role, and takes a group name with an equals sign', async () => {
    const { oidc } = await load(OIDC, { MANAGER_OIDC_CLIENT_SECRET: 'precious' });

    expect(oidc.role_map).toEqual([
      { group: 'cn=admins,dc=example', role: 'admin' },
      { group: 'devs', role: 'operator' },
    ]);
    expect(oidc.client_secret.reveal()).toBe('precious');
    expect(JSON.stringify(oidc)).not.toContain('precious');
  });

  it.each([
    ['plain http to the issuer', 'https://login', 'http://login', 'oidc.issuer'],
    ['no client', '"podium"', '""', 'oidc.client_id'],
    ['plain http from browsers', 'https://podium', 'http://podium', 'oidc.redirect_url'],
    ['another callback', 'oidc/callback', 'callback', 'oidc.redirect_url'],
    ['a table without an equals sign', 'devs = operator', 'devs', 'oidc.role_map.1'],
    ['roles for nobody', /role_map.*/, '', 'oidc.role_map'],
    ['no openid scope', 'role_map', 'scopes = ["email"]\nrole_map', 'oidc.scopes'],
  ])('refuses single sign-on with %s', async (_title, from, to, field) => {
    expect(await faultyFields(OIDC.replace(from, to))).toEqual([field]);
  });

  it('takes plain http for single sign-on on loopback, and anywhere when told so', async () => {
    const plain = OIDC.replaceAll('https:', 'http:');
    const loopback = plain
      .replace('login.example.com', '127.0.0.1:1')
      .replace('podium.example.com', '[::1]:2');

    expect(await faultyFields(loopback)).toEqual([]);
    expect(await faultyFields(`${plain}\nallow_insecure = true`)).toEqual([]);
  });

  it('lists every fault at once', async () => {
    expect(
      await faultyFields(`
        [key]
        dm_public_key_pem = "hello"
        [mtls]
        enable = true
        cert_file = "/a"
        cert_pem = "b"
        [delivery]
        parallelism = 0
      `),
    ).toEqual([
      'delivery.parallelism',
      'key.dm_public_key_pem',
      'mtls.ca_file',
      'mtls.cert_file',
      'mtls.key_file',
    ]);
  });
});
