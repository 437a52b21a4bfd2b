import { access, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import path from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { ManagerClient } from '../../localcluster/client/manager-client.js';
import {
  programPid,
  type RunningCluster,
  runPodium,
  startLocalCluster,
  systemProcesses,
} from '../support/local-cluster.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { aWorkerPod } from '../support/workers.js';

const signal = new AbortController().signal;
const WAIT = { timeout: 20_000, interval: 50 };
const running: RunningCluster[] = [];
afterEach(async () => {
  for (const cluster of running.splice(0)) await cluster.stop();
});

async function started(args: readonly string[] = ['--nodes=1'], options: { uid?: number } = {}) {
  const cluster = await startLocalCluster(args, options);
  running.push(cluster);
  return cluster;
}

/** Every process below the given one. */
async function descendants(pid: number): Promise<number[]> {
  const all = await systemProcesses();
  const below = (parent: number): number[] =>
    all.filter(({ parentPid }) => parentPid === parent).flatMap((child) => [child.pid, ...below(child.pid)]);
  return below(pid);
}

async function alive(pids: readonly number[]): Promise<number[]> {
  const all = new Set((await systemProcesses()).map(({ pid }) => pid));
  return pids.filter((pid) => all.has(pid));
}

async function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}

/** The folders of this cluster in whatever cgroup v2 mount there is. */
async function cgroupFolders(stateDir: string): Promise<string[]> {
  const mounts = (await readFile('/proc/self/mountinfo', 'utf8'))
    .split('\n')
    .filter((line) => line.includes(' - cgroup2 '))
    .map((line) => line.split(' ')[4] ?? '');
  const found: string[] = [];
  for (const mount of mounts) {
    const names = await readdir(mount);
    found.push(
      ...names.filter((name) => name === path.basename(stateDir)).map((name) => path.join(mount, name)),
    );
  }
  return found;
}

describe('podium local', () => {
  it('prints one line with everything that is needed to go on', async () => {
    const { facts, stderr } = await started(['--nodes=2']);

    expect(Object.keys(facts)).toEqual([
      'managerUrl',
      'username',
      'password',
      'kubeconfig',
      'nodes',
      'stateDir',
    ]);
    expect(facts.managerUrl).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect(path.isAbsolute(facts.kubeconfig) && path.isAbsolute(facts.stateDir)).toBe(true);
    expect(facts.nodes.map(({ name }) => name)).toEqual(['node-1', 'node-2']);
    for (const { decisionMakerUrl, publicKeyFile } of facts.nodes) {
      expect(decisionMakerUrl).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
      expect(await readFile(publicKeyFile, 'utf8')).toMatch(/^-{5}BEGIN PUBLIC KEY-{5}/);
    }
    expect(stderr()).toBe('');
  });

  it.each(['SIGINT', 'SIGTERM'] as const)('leaves nothing behind after %s', async (name) => {
    const cluster = await started();
    const pod = aWorkerPod({ name: 'left-behind' });
    await cluster.seen.createPod('default', pod.object, signal);
    await vi.waitFor(async () => expect(await pod.pids()).toHaveLength(2), WAIT);
    const pids = await descendants(cluster.pid);
    expect(pids.length).toBeGreaterThanOrEqual(7);

    process.kill(cluster.pid, name);
    expect(await cluster.stop()).toBe(0);
    running.length = 0;

    expect(await alive(pids)).toEqual([]);
    expect(await pod.pids()).toEqual([]);
    expect(await cgroupFolders(cluster.facts.stateDir)).toEqual([]);
  });

  it('does not leave its programs and pods behind even when it is killed', async () => {
    const cluster = await started();
    const pod = aWorkerPod({ name: 'orphan' });
    await cluster.seen.createPod('default', pod.object, signal);
    await vi.waitFor(async () => expect(await pod.pids()).toHaveLength(2), WAIT);
    const pids = await descendants(cluster.pid);

    process.kill(cluster.pid, 'SIGKILL');

    await vi.waitFor(async () => expect(await alive(pids)).toEqual([]), WAIT);
    expect(await pod.pids()).toEqual([]);
  });

  it('says which port is taken, exits with 1 and leaves nothing running', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const folder = await temporaryFolder();
    const stateDir = path.join(folder.path, 'state');
    const run = runPodium(['local', '--json', `--port=${port}`, `--state-dir=${stateDir}`, '--remove'], {
      env: { XDG_STATE_HOME: folder.path },
    });
    const pids: number[] = [];
    const watching = setInterval(async () => pids.push(...(await descendants(run.child.pid ?? 0))), 100);

    expect(await run.ended).toBe(1);
    clearInterval(watching);
    server.close();

    expect(run.stderr()).toContain(`port ${port} on 127.0.0.1 is taken`);
    expect(run.stdout()).toBe('');
    expect(pids.length).toBeGreaterThan(0);
    expect(await alive(pids)).toEqual([]);
    expect(await exists(stateDir)).toBe(false);
    await folder.remove();
  });

  it.each([
    [['--nodes=0'], 2, 'must be a whole number from 1 to 100'],
    [['--port=99999'], 2, 'must be a whole number from 0 to 65535'],
    [['--dialects=systemd,docker'], 2, 'must be a list of systemd, cgroupfs, kind'],
    [['--cgroups=some'], 2, 'Allowed choices are auto, real, simulated'],
    [['--nope'], 2, "unknown option '--nope'"],
    [['--state-dir=/dev/null/x'], 1, 'cannot be written'],
  ])('refuses %j', async (args, code, text) => {
    const run = runPodium(['local', '--json', ...args]);

    expect(await run.ended).toBe(code);
    expect(run.stderr()).toContain(text);
  });

  it('keeps strategies, pods and the password in a folder that is kept', async () => {
    const folder = await temporaryFolder();
    const args = ['--nodes=1', `--state-dir=${path.join(folder.path, 'kept')}`];
    const first = await started(args);
    const id = await first.seen.createStrategy({ labelSelectors: [{ key: 'app', value: 'web' }] }, signal);
    await first.seen.createPod('default', aWorkerPod({ name: 'kept' }).object, signal);
    await first.stop();
    running.length = 0;

    const second = await started(args);

    expect(second.facts.password).toBe(first.facts.password);
    await vi.waitFor(
      async () => expect((await second.seen.getPod('default', 'kept', signal)).status?.phase).toBe('Running'),
      WAIT,
    );
    await second.seen.deleteStrategy(id, signal);
    await second.stop();
    running.length = 0;
    await folder.remove();
  });

  it('starts again when the administrator of a kept folder has changed the password', async () => {
    const folder = await temporaryFolder();
    const args = ['--nodes=1', `--state-dir=${path.join(folder.path, 'kept')}`];
    const first = await started(args);
    const { managerUrl, username, password } = first.facts;
    const manager = new ManagerClient(managerUrl);
    await manager.login(username, password, signal);
    const change = { oldPassword: password, newPassword: 'one of my own, and long' };
    await manager.call('PUT', '/api/v1/users/self/password', signal, change);
    await first.stop();
    running.length = 0;

    const second = runPodium(['local', '--json', '--port=0', '--no-samples', ...args], {
      env: { XDG_STATE_HOME: folder.path, HOME: folder.path },
    });

    expect(JSON.parse(await second.firstLine)).toMatchObject({ username, password: '' });
    second.child.kill('SIGINT');
    expect(await second.ended).toBe(0);
    await folder.remove();
  });

  it('runs without root, with simulated cgroups, and says so', async () => {
    const uid = 65_534;
    const readable = await exists(path.join(process.cwd(), 'dist/cli/main.js'));
    const asRoot = process.getuid?.() === 0;
    if (!asRoot || !readable || !(await othersMayRead(process.cwd()))) {
      console.log('left out: running as nobody needs root here and a checkout that others may read');
      return;
    }
    const cluster = await started(['--nodes=1'], { uid });
    const pod = aWorkerPod({ name: 'unprivileged' });
    await cluster.seen.createPod('default', pod.object, signal);
    await cluster.seen.createStrategy(
      { k8sNamespace: ['default'], commandRegex: '^sleep$', priority: 3 },
      signal,
    );

    await vi.waitFor(async () => {
      const served = await cluster.seen.served('node-1', signal);
      expect(await pod.pids()).toHaveLength(2);
      expect(served.map(({ pid }) => pid).sort((a, b) => a - b)).toEqual(await pod.pids());
    }, WAIT);
    const [worker = 0] = await pod.pids();
    expect(await readFile(`/proc/${worker}/status`, 'utf8')).toMatch(/^Uid:\s+65534\s/m);
  });

  it.each([
    ['the API server', /apiserver\/main\.js/],
    ['the scheduler', /scheduler\/main\.js/],
  ])('loses nothing when %s is killed', async (_title, program) => {
    const cluster = await started(['--nodes=1']);
    const before = aWorkerPod({ name: 'before' });
    await cluster.seen.createPod('default', before.object, signal);
    await cluster.seen.createStrategy({ k8sNamespace: ['default'], commandRegex: '^sleep$' }, signal);
    const served = async () => {
      const list = await cluster.seen.served('node-1', signal);
      return list.map(({ pid }) => pid).sort((a, b) => a - b);
    };
    await vi.waitFor(async () => expect(await served()).toHaveLength(2), WAIT);
    const pids = await before.pids();

    process.kill(await programPid(cluster, program), 'SIGKILL');
    const after = aWorkerPod({ name: 'after' });
    await vi.waitFor(() => cluster.seen.createPod('default', after.object, signal), WAIT);

    await vi.waitFor(async () => {
      expect(await after.pids()).toHaveLength(2);
      expect(await served()).toEqual([...pids, ...(await after.pids())].sort((a, b) => a - b));
    }, WAIT);
    expect(await before.pids()).toEqual(pids);
  });

  it('moves a corrupt set aside, refuses to answer until the manager has sent a new one, then goes on', async () => {
    const cluster = await started();
    const pod = aWorkerPod({ name: 'corrupt' });
    await cluster.seen.createPod('default', pod.object, signal);
    await cluster.seen.createStrategy({ k8sNamespace: ['default'], commandRegex: '^sleep$' }, signal);
    const served = async () => (await cluster.seen.served('node-1', signal)).map(({ pid }) => pid);
    await vi.waitFor(async () => expect(await served()).toHaveLength(2), WAIT);
    const stateFolder = path.join(cluster.facts.stateDir, 'nodes/node-1/decisionmaker');
    const setFile = (await readdir(stateFolder)).find((name) => /intent/.test(name)) ?? '';
    expect(setFile).not.toBe('');

    await writeFile(path.join(stateFolder, setFile), '{"half');
    process.kill(await programPid(cluster, /DM_NODE_NAME=node-1(\0|$)/), 'SIGKILL');

    const answers: number[][] = [];
    await vi.waitFor(async () => {
      answers.push(await served());
      expect(answers.at(-1)).toHaveLength(2);
    }, WAIT);
    expect(answers).toHaveLength(1);
    expect((await readdir(stateFolder)).some((name) => name.includes('corrupt'))).toBe(true);
    const log = await readFile(path.join(cluster.facts.stateDir, 'logs/decisionmaker-node-1.log'), 'utf8');
    expect(log).toMatch(/"level":"error".*cannot be used.*"movedTo":".*corrupt/);
  });
});

async function othersMayRead(folder: string): Promise<boolean> {
  for (let at = folder; ; at = path.dirname(at)) {
    if (((await stat(at)).mode & 0o005) !== 0o005) return false;
    if (at === path.dirname(at)) return true;
  }
}

describe('podium demo', () => {
  it('shows the chain on the cluster that runs, and leaves it as it was', async () => {
    const cluster = await started(['--nodes=2']);
    const folder = await temporaryFolder();
    const file = path.join(folder.path, 'facts.json');
    await writeFile(file, JSON.stringify(cluster.facts));

    const run = runPodium(['demo', '--facts', file]);
    expect([await run.ended, run.stderr()]).toEqual([0, '']);

    expect(run.stdout()).toMatch(/NODE +POD +PID +COMMAND +PRIORITY +SLICE/);
    expect(run.stdout()).toMatch(/node-\d +demo-\d +\d+ +sleep +3 +5 ms/);
    expect(run.stdout()).toMatch(/served \d+ ms after the oldest of them started/);
    expect(run.stdout()).toContain('no node serves any of its processes');
    expect(run.stdout()).not.toContain('\u001b');
    for (const { name } of cluster.facts.nodes) expect(await cluster.seen.served(name, signal)).toEqual([]);
    await folder.remove();
  });

  it('says what to do when no cluster runs', async () => {
    const folder = await temporaryFolder();

    const run = runPodium(['demo'], { env: { XDG_STATE_HOME: folder.path } });

    expect(await run.ended).toBe(1);
    expect(run.stderr()).toContain('no local cluster is running');
    await folder.remove();
  });
});
