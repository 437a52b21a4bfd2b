import { writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runPodium } from '../support/local-cluster.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const PROGRAMS = [
  { command: 'manager', file: 'manager_config.toml', prefix: 'MANAGER' },
  { command: 'decisionmaker', file: 'dm_config.toml', prefix: 'DM' },
] as const;

const KUBECONFIG = JSON.stringify({
  clusters: [{ name: 'c', cluster: { server: 'http://127.0.0.1:1' } }],
  users: [{ name: 'u', user: {} }],
  contexts: [{ name: 'c', context: { cluster: 'c', user: 'u' } }],
  'current-context': 'c',
});

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
beforeEach(async () => {
  folder = await temporaryFolder();
  await writeFile(path.join(folder.path, 'kubeconfig'), KUBECONFIG);
});
afterEach(() => folder.remove());

describe.each(PROGRAMS)('podium $command', ({ command, file, prefix }) => {
  /** With a state folder of the test's own, and a cluster that is not there. */
  const run = (args: readonly string[], env: NodeJS.ProcessEnv = {}) =>
    runPodium([command, ...args], {
      env: {
        KUBECONFIG: path.join(folder.path, 'kubeconfig'),
        [`${prefix}_STATE_DIR`]: path.join(folder.path, 'state'),
        [`${prefix}_SERVER_HOST`]: '127.0.0.1:0',
        ...env,
      },
    });

  it('says where it looked for a configuration file that is missing', async () => {
    const { ended, stderr } = run(['-c', 'nowhere', '-d', folder.path]);

    expect(await ended).toBe(1);
    expect(stderr()).toContain(path.join(folder.path, 'nowhere.toml'));
  });

  it('lists every fault of a file at once', async () => {
    await writeFile(
      path.join(folder.path, file),
      '[server]\nhots = ":1"\n[logging]\nlevel = "loud"\n[nonsense]\n',
    );

    const { ended, stderr } = run(['-d', folder.path]);

    expect(await ended).toBe(1);
    for (const fault of ['server.hots', 'logging.level', 'nonsense']) expect(stderr()).toContain(fault);
  });

  it('says what is wrong with a file that is no TOML', async () => {
    await writeFile(path.join(folder.path, file), '[server');

    const { ended, stderr } = run(['-d', folder.path]);

    expect(await ended).toBe(1);
    expect(stderr()).toContain('cannot be read');
  });

  it('says that a state folder cannot be written, and what to do', async () => {
    const { ended, stderr } = run([], { [`${prefix}_STATE_DIR`]: '/dev/null/state' });

    expect(await ended).toBe(1);
    expect(stderr()).toMatch(/state folder \/dev\/null\/state cannot be written/);
  });

  it('says which port is taken', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;

    const { ended, stderr } = run([], { [`${prefix}_SERVER_HOST`]: `127.0.0.1:${port}` });

    expect(await ended).toBe(1);
    expect(stderr()).toContain(`port ${port} on 127.0.0.1 is taken`);
    server.close();
  });

  it('ends with 0 when it is asked to', async () => {
    const { child, ended, stderr } = run([], { [`${prefix}_LOGGING_LEVEL`]: 'info' });
    await expect.poll(stderr, { timeout: 20_000 }).toMatch(/"msg":"(started|ready)"/);

    child.kill('SIGTERM');

    expect(await ended).toBe(0);
  });
});

describe('podium manager', () => {
  it('says what is wrong with a kubeconfig that it cannot read', async () => {
    const { ended, stderr } = runPodium(['manager'], {
      env: { MANAGER_STATE_DIR: folder.path, MANAGER_K8S_KUBE_CONFIG_PATH: '/nowhere/kubeconfig' },
    });

    expect(await ended).toBe(1);
    expect(stderr()).toMatch(/the kubeconfig \/nowhere\/kubeconfig cannot be read: ENOENT/);
  });
});

describe('podium manager on a store that is none', () => {
  it('refuses it and leaves it alone', async () => {
    const database = path.join(folder.path, 'podium.db');
    await writeFile(database, 'not a database, but precious');

    const { ended, stderr } = runPodium(['manager'], {
      env: {
        KUBECONFIG: path.join(folder.path, 'kubeconfig'),
        MANAGER_STATE_DIR: folder.path,
        MANAGER_SERVER_HOST: '127.0.0.1:0',
      },
    });

    expect(await ended).toBe(1);
    expect(stderr()).toContain(`the embedded store ${database} cannot be opened`);
    const { readFile } = await import('node:fs/promises');
    expect(await readFile(database, 'utf8')).toBe('not a database, but precious');
  });
});
