import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { loadConfig } from './load-config.js';
import { Secret } from './secret.js';

const schema = z.strictObject({
  server: z
    .strictObject({ host: z.string().default(':8081'), verbose: z.boolean().default(false) })
    .prefault({}),
  account: z
    .strictObject({
      admin_password: z
        .string()
        .default('')
        .transform((text) => new Secret(text)),
    })
    .prefault({}),
  delivery: z.strictObject({ parallelism: z.int().min(1).default(64) }).prefault({}),
});

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'podium-test-'));
});
afterEach(() => rm(folder, { recursive: true }));

async function load(toml: string, environment: Record<string, string> = {}) {
  await writeFile(path.join(folder, 'manager_config.toml'), toml);
  return loadConfig(schema, {
    name: 'manager_config',
    folder,
    fallbackFolder: '/nonexistent',
    environmentPrefix: 'MANAGER',
    environment,
  });
}

describe('loadConfig', () => {
  it('fills in every default and freezes the result', async () => {
    const config = await load('');

    expect(config.server).toEqual({ host: ':8081', verbose: false });
    expect(Object.isFrozen(config)).toBe(true);
    expect(Object.isFrozen(config.server)).toBe(true);
  });

  it('lets the environment win, for keys in the file or not, and takes an empty variable as unset', async () => {
    const config = await load('[server]\nhost = ":1"', {
      MANAGER_SERVER_HOST: ':2',
      MANAGER_SERVER_VERBOSE: 'true',
      MANAGER_DELIVERY_PARALLELISM: '8',
      MANAGER_ACCOUNT_ADMIN_PASSWORD: '',
    });

    expect(config.server).toEqual({ host: ':2', verbose: true });
    expect(config.delivery.parallelism).toBe(8);
    expect(config.account.admin_password.reveal()).toBe('');
  });

  it('lists every fault at once: wrong types, values against a rule, unknown keys, bad variables', async () => {
    const load1 = load('[server]\nhost = 5\nhots = ":1"\n[delivery]\nparallelism = 0\n[nonsense]\n', {
      MANAGER_SERVER_VERBOSE: 'constructor',
    });

    await expect(load1).rejects.toMatchObject({
      code: 'invalid',
      details: expect.arrayContaining([
        expect.objectContaining({ field: 'server.host' }),
        { field: 'server.hots', reason: 'is not a known key' },
        expect.objectContaining({ field: 'delivery.parallelism' }),
        { field: 'nonsense', reason: 'is not a known key' },
        expect.objectContaining({ field: 'MANAGER_SERVER_VERBOSE' }),
      ]),
    });
  });

  it('lets variables choose the file, over what it was called with', async () => {
    await writeFile(path.join(folder, 'other.toml'), '[server]\nhost = ":7"');

    const config = await loadConfig(schema, {
      name: 'manager_config',
      folder: '/nonexistent',
      fallbackFolder: '/nonexistent',
      environmentPrefix: 'MANAGER',
      environment: { MANAGER_CONFIG_NAME: 'other', MANAGER_CONFIG_DIR_PATH: folder },
    });

    expect(config.server.host).toBe(':7');
  });

  it('says where it looked for a file that is missing', async () => {
    const missing = loadConfig(schema, {
      name: 'nope',
      folder,
      fallbackFolder: '/nonexistent',
      environmentPrefix: 'MANAGER',
      environment: {},
    });

    await expect(missing).rejects.toThrow(`${folder}/nope.toml and /nonexistent/nope.toml`);
  });

  it('says what is wrong with a file that is no TOML', async () => {
    await expect(load('[server')).rejects.toThrow(/manager_config\.toml cannot be read/);
  });

  it('never prints a secret', async () => {
    const { account } = await load('[account]\nadmin_password = "top-secret"');

    expect(`${JSON.stringify(account)} ${account.admin_password}`).not.toContain('top-secret');
    expect(account.admin_password.reveal()).toBe('top-secret');
  });
});
