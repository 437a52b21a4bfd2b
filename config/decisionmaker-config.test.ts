import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import path from 'node:path';
import { parse } from 'smol-toml';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { decisionMakerSchema, loadDecisionMakerConfig } from './decisionmaker-config.js';

const CONFIG_FOLDER = import.meta.dirname;

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'podium-test-'));
});
afterEach(() => rm(folder, { recursive: true }));

async function load(toml: string, environment: Record<string, string> = {}) {
  await writeFile(path.join(folder, 'dm_config.toml'), toml);
  return loadDecisionMakerConfig({ name: undefined, folder, fallbackFolder: CONFIG_FOLDER, environment });
}

describe('loadDecisionMakerConfig', () => {
  it('has for every key of the shipped file the value that the file says', async () => {
    const shipped = parse(readFileSync(path.join(CONFIG_FOLDER, 'dm_config.toml'), 'utf8'));

    expect(decisionMakerSchema.parse(shipped)).toEqual(decisionMakerSchema.parse({}));
  });

  it('documents every key that does something in the shipped file', () => {
    const shipped = parse(readFileSync(path.join(CONFIG_FOLDER, 'dm_config.toml'), 'utf8'));
    const defaults = decisionMakerSchema.parse({});

    for (const [section, values] of Object.entries(defaults)) {
      expect(Object.keys(shipped[section] as object)).toEqual(Object.keys(values));
    }
  });

  it('takes every key of a first-generation file', async () => {
    const config = await load(`
      [server]
      host = ":8082"
      [logging]
      level = "debug"
      console = true
      file_path = "/var/log/dm.log"
      path = "x"
      [token]
      enable = true
      rsa_private_key_pem = "PEM"
      token_duration_hr = 12
      [mtls]
      enable = false
      cert_pem = "c"
      key_pem = "k"
      ca_pem = "a"
      [daemon]
      endpoint = "http://127.0.0.1:18080"
      timeout_sec = 5
    `);

    expect(config.server.host).toEqual({ host: undefined, port: 8082 });
    expect(config.token.rsa_private_key_pem.reveal()).toBe('PEM');
    expect(config.token.token_duration_hr).toBe(12);
    expect(JSON.stringify(config)).not.toContain('PEM');
  });

  it('lists every fault at once', async () => {
    const attempt = load(`
      [server]
      host = "nowhere"
      [mtls]
      enable = true
      [scheduling]
      priority_format = "float"
      max_itmes = 1
      [refresh]
      interval_ms = 0
    `);

    const fields = await attempt.catch((error) =>
      error.details.map((fault: { field: string }) => fault.field),
    );
    expect(fields.toSorted()).toEqual([
      'mtls.ca_file',
      'mtls.cert_file',
      'mtls.key_file',
      'refresh.interval_ms',
      'scheduling.max_itmes',
      'scheduling.priority_format',
      'server.host',
    ]);
  });

  it.each(['http://127.0.0.1:18080', 'http://127.0.0.1:18080/', 'http://127.0.0.1:18080//'])(
    'takes %s for the same daemon',
    async (endpoint) => {
      const { daemon } = await load(`[daemon]\nendpoint = "${endpoint}"`);

      expect(daemon.endpoint).toBe('http://127.0.0.1:18080');
    },
  );

  it.each(['', '127.0.0.1:18080', 'unix:///run/x', 'http://', 'http://a?b=c', 'http://a#b'])(
    'refuses %j as a daemon before anything starts',
    async (endpoint) => {
      await expect(load(`[daemon]\nendpoint = "${endpoint}"`)).rejects.toThrow('daemon.endpoint');
    },
  );

  it.each([
    ['the file', '[node]\nname = "from-file"', { NODE_NAME: 'from-node-name' }, 'from-file'],
    ['its variable', '[node]\nname = "from-file"', { DM_NODE_NAME: 'from-variable' }, 'from-variable'],
    ['NODE_NAME', '', { NODE_NAME: 'from-node-name' }, 'from-node-name'],
    ['the host name', '', {}, hostname()],
  ])('takes the name of the node from %s', async (_title, toml, environment, name) => {
    expect((await load(toml, environment as Record<string, string>)).node.name).toBe(name);
  });

  it('lets the environment name the file and its folder, and wins over the arguments', async () => {
    await writeFile(path.join(folder, 'other.toml'), '[state]\ndir = "/elsewhere"');

    const config = await loadDecisionMakerConfig({
      name: 'dm_config',
      folder: '/nonexistent',
      fallbackFolder: CONFIG_FOLDER,
      environment: { DM_CONFIG_NAME: 'other', DM_CONFIG_DIR_PATH: folder },
    });

    expect(config.state.dir).toBe('/elsewhere');
  });
});
