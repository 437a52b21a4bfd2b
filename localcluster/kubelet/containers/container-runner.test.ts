import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../../shared/lifecycle/clock.js';
import { silentLogger } from '../../../shared/observability/logger.js';
import { backendIn, usableBackends } from '../../../tests/support/cgroup-backends.js';
import { eventually } from '../../../tests/support/eventually.js';
import { processesWith } from '../../../tests/support/processes.js';
import type { Container } from '../../client/objects.js';
import type { CgroupBackend } from '../cgroups/cgroup-backend.js';
import { cgroupNames } from '../domain/cgroup-dialect.js';
import { parseLogLine } from '../domain/log-line.js';
import { LogFolders } from '../logs/log-folders.js';
import { ContainerRunner } from './container-runner.js';
import type { RunningContainer } from './running-container.js';

const pod = { uid: '45267ba8-e9f9-4e29-a531-910633ff761a', qosClass: 'BestEffort' } as const;

describe.each(await usableBackends())('containers in %s groups', (wanted) => {
  let folder = '';
  let backend: CgroupBackend;
  let runner: ContainerRunner;

  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'podium-test-'));
    backend = await backendIn(wanted, folder);
    await backend.start();
    runner = new ContainerRunner({
      backend,
      names: cgroupNames('systemd'),
      logs: new LogFolders(path.join(folder, 'logs')),
      searchPath: process.env.PATH ?? '',
      clock: systemClock,
      logger: silentLogger,
    });
  });
  afterEach(async () => {
    await backend.stop();
    await rm(folder, { recursive: true, force: true });
  });

  async function start(
    argv: readonly string[],
    container: Partial<Container> = {},
    environment: ReadonlyMap<string, string> = new Map(),
  ): Promise<RunningContainer> {
    const named = { name: 'main', ...container };
    return runner.start({ pod, podName: 'web', container: named, run: 0, argv, environment });
  }

  async function output({ log }: RunningContainer): Promise<string[]> {
    const lines = (await readFile(log.path, 'utf8')).trimEnd().split('\n').map(parseLogLine);
    return lines.map((line) => `${line?.stream}: ${line?.text}`).sort();
  }

  it('run the program inside the group from its first instruction on', async () => {
    const own =
      wanted === 'real' ? "cut -d: -f3- < /proc/self/cgroup | grep -F 'cri-containerd'" : 'echo simulated';
    const container = await start(['sh', '-c', `${own}; exec sleep 1000`]);

    const group = `kubepods.slice/kubepods-besteffort.slice/kubepods-besteffort-pod45267ba8_e9f9_4e29_a531_910633ff761a.slice/cri-containerd-${container.containerId}.scope`;
    const procs = path.join(backend.roots.cgroupRoot, group, 'cgroup.procs');
    await eventually(async () => expect((await output(container)).join()).toContain('stdout: '));
    expect(readFileSync(procs, 'utf8').trim()).toMatch(/^\d+$/);
    if (wanted === 'real') expect((await output(container)).join()).toContain(group);
    container.terminate();
    await expect(container.ended).resolves.toMatchObject({ exitCode: 143, signal: 15, reason: 'Error' });
    expect(existsSync(path.dirname(procs))).toBe(false);
  });

  it('get their own variables, a search path, their name and nothing of the kubelet', async () => {
    const environment = new Map([
      ['GREETING', 'hello'],
      ['odd.name', 'too'],
    ]);
    const container = await start(['env'], {}, environment);

    await container.ended;

    const variables = await output(container);
    expect(variables.map((line) => line.replace(/^stdout: /, '').split('=')[0]).sort()).toEqual([
      'GREETING',
      'HOSTNAME',
      'PATH',
      'PODIUM_CONTAINER_ID',
      'PWD',
      'odd.name',
    ]);
    expect(variables).toContain('stdout: odd.name=too');
    expect(variables).toContain('stdout: HOSTNAME=web');
  });

  it('log both streams, and run in their working directory without input', async () => {
    const script = 'pwd; cat; echo problem >&2; printf unfinished';
    const container = await start(['sh', '-c', script], { workingDir: '/tmp' });

    await expect(container.ended).resolves.toMatchObject({ exitCode: 0, reason: 'Completed' });

    expect(await output(container)).toEqual(['stderr: problem', 'stdout: /tmp', 'stdout: unfinished']);
  });

  it.each([
    ['a program that is not there', ['/no/such/program'], {}, /not found|No such file/],
    ['a name that is not in the path', ['no-such-program-anywhere'], {}, /not found/],
    ['a file that is no program', ['/etc/passwd'], {}, /Permission denied/],
    ['a folder that is not there', ['true'], { workingDir: '/no/such/folder' }, /\/no\/such\/folder/],
  ] as const)('tell why they could not start: %s', async (_what, argv, container, message) => {
    const end = await (await start(argv, container)).ended;

    expect(end).toMatchObject({
      exitCode: 128,
      reason: 'StartError',
      message: expect.stringMatching(message),
    });
  });

  it("do not take a program's own exit code for a failed start", async () => {
    const script = 'echo "sh: 1: exec: x: not found" >&2; exit 127';

    await expect((await start(['sh', '-c', script])).ended).resolves.toMatchObject({
      exitCode: 127,
      reason: 'Error',
    });
  });

  it('reject a command line that the system refuses, and leave nothing', async () => {
    await expect(start(['echo', 'a\0b'])).rejects.toThrow('null bytes');

    await runner.removePod(pod);
    expect(existsSync(backend.folder(cgroupNames('systemd').pod(pod)))).toBe(false);
  });

  it('take everything with them when their first process ends', async () => {
    const mark = `podium-mark-${wanted}-${process.pid}`;
    const container = await start([
      'sh',
      '-c',
      `(trap '' TERM HUP; : ${mark}; while :; do sleep 0.05; done) & sleep 0.3; exit 3`,
    ]);

    await expect(container.ended).resolves.toMatchObject({ exitCode: 3 });

    expect(processesWith(mark)).toEqual([]);
  });

  it('keep the logs of this run and the one before', async () => {
    for (const run of [0, 1, 2]) {
      const request = { pod, podName: 'web', container: { name: 'main' }, environment: new Map() };
      await (await runner.start({ ...request, run, argv: ['echo', `run ${run}`] })).ended;
    }

    const log = (run: number) => path.join(folder, 'logs', pod.uid, 'main', `${run}.log`);
    expect([0, 1, 2].map((run) => existsSync(log(run)))).toEqual([false, true, true]);
  });
});
