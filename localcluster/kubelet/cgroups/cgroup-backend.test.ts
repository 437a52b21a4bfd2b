import { closeSync, existsSync, openSync, readFileSync, readlinkSync, readSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { backendIn, usableBackends } from '../../../tests/support/cgroup-backends.js';
import { eventually } from '../../../tests/support/eventually.js';
import { isAlive, processesWith } from '../../../tests/support/processes.js';
import { ContainerProcess } from '../containers/container-process.js';
import { launch } from '../containers/launcher.js';
import type { CgroupBackend } from './cgroup-backend.js';
import { CONTAINER_MARKER } from './membership.js';

const ID = 'c0ffee'.padEnd(64, '0');
const GROUP = `kubepods/burstable/pod1/${ID}`;
const PARENT = `podium-test-${process.pid}/n1`;

let folder = '';
let backend: CgroupBackend;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'podium-test-'));
});
afterEach(async () => {
  await backend.stop();
  await rm(folder, { recursive: true, force: true });
});

/** Starts a shell script as the first process of a container. */
async function run(script: string): Promise<number> {
  await backend.create(GROUP);
  const environment = new Map([
    ['PATH', process.env.PATH ?? ''],
    [CONTAINER_MARKER, ID],
  ]);
  const groupFolder = backend.folder(GROUP);
  const argv = ['/bin/sh', '-c', script];
  const started = new ContainerProcess(
    launch({ containerId: ID, groupFolder, workingDirectory: '/', argv, environment }),
  );
  const pid = started.pid ?? 0;
  backend.entered(GROUP, ID, pid);
  return pid;
}

function listed(group = GROUP): number[] {
  const text = readFileSync(path.join(backend.folder(group), 'cgroup.procs'), 'utf8');
  return text.split('\n').filter(Boolean).map(Number);
}

describe.each(await usableBackends())('%s groups of processes', (wanted) => {
  const mark = `podium-mark-${wanted}-${process.pid}`;

  beforeEach(async () => {
    backend = await backendIn(wanted, folder, PARENT);
    await backend.start();
  });

  it('list a process and its descendants, and nothing above their own group', async () => {
    const pid = await run(`: ${mark}; sleep 1000 & sleep 1000`);

    await eventually(() => expect(listed()).toHaveLength(3));
    expect(listed()).toContain(pid);
    expect(listed('kubepods/burstable/pod1')).toEqual([]);
    expect(listed('kubepods')).toEqual([]);
  });

  it('list a process that has changed its session and its environment', async () => {
    const pid = await run(`: ${mark}; env -i setsid /bin/sh -c 'sleep 999; :' & exec sleep 1000`);

    await eventually(() => expect(listed()).toHaveLength(3));
    process.kill(pid, 'SIGKILL');
    await eventually(() => expect(listed()).toHaveLength(2));
    await backend.kill(GROUP);
    expect(listed()).toEqual([]);
  });

  it('kill what does not want to end and what keeps forking', async () => {
    await run(`: ${mark}; trap '' TERM; while :; do sleep 0.01; done & while :; do sleep 0.01; done`);
    await eventually(() => expect(listed().length).toBeGreaterThan(2));

    await backend.kill('kubepods/burstable/pod1');

    expect(listed()).toEqual([]);
    expect(processesWith(mark)).toEqual([]);
  });

  it('are gone when they are removed, and so is the root when it stops', async () => {
    const pid = await run('exec sleep 1000');
    await eventually(() => expect(listed()).toEqual([pid]));
    await backend.kill(GROUP);
    await backend.remove(GROUP);
    await backend.remove(GROUP);

    expect(existsSync(backend.folder(GROUP))).toBe(false);
    expect(existsSync(backend.folder('kubepods/burstable/pod1'))).toBe(true);
    await backend.stop();
    expect(existsSync(path.dirname(backend.roots.cgroupRoot))).toBe(false);
  });

  it('of an earlier run are ended by the next one in the same place', async () => {
    const pid = await run(`: ${mark}; sleep 1000`);
    await eventually(() => expect(listed().length).toBeGreaterThan(1));

    backend = await backendIn(wanted, folder, PARENT);
    await backend.start();

    expect(isAlive(pid)).toBe(false);
    expect(processesWith(mark)).toEqual([]);
    expect(existsSync(backend.folder('kubepods'))).toBe(false);
  });

  it('can be ended at once, before the process exits', async () => {
    const pid = await run(`: ${mark}; trap '' TERM; sleep 1000`);
    await eventually(() => expect(listed().length).toBeGreaterThan(1));

    backend.stopNow();

    await eventually(() => expect(isAlive(pid)).toBe(false));
    expect(processesWith(mark)).toEqual([]);
    expect(existsSync(backend.roots.cgroupRoot)).toBe(false);
  });
});

describe('simulated groups of processes', () => {
  beforeEach(async () => {
    backend = await backendIn('simulated', folder);
    await backend.start();
  });

  const inProc = (pid: number, name: string) => path.join(backend.roots.procRoot, String(pid), name);

  it('show each process in a folder like that of /proc, with its group', async () => {
    const pid = await run('exec sleep 1000');

    await eventually(() => expect(readFileSync(inProc(pid, 'comm'), 'utf8')).toBe('sleep\n'));
    expect(readFileSync(inProc(pid, 'cgroup'), 'utf8')).toBe(`0::/${GROUP}\n`);
    expect(readFileSync(inProc(pid, 'cmdline'), 'utf8')).toBe('sleep\x001000\0');
    expect(readFileSync(inProc(pid, 'stat'), 'utf8')).toContain(`${pid} (sleep)`);
    expect(readFileSync(inProc(pid, `task/${pid}/comm`), 'utf8')).toBe('sleep\n');
  });

  it('name the program itself, also after the process has become another one', async () => {
    const pid = await run('sleep 0.2; exec sleep 1000');
    const program = () => readlinkSync(inProc(pid, 'exe'));

    await eventually(() => expect(program()).toBe(readlinkSync(`/proc/${pid}/exe`)));
    await eventually(() => expect(program()).toMatch(/sleep|coreutils|busybox/));
  });

  it('let go of a process that has ended', async () => {
    const pid = await run('sleep 0.2');
    expect(existsSync(inProc(pid, 'cgroup'))).toBe(true);

    await eventually(() => expect(existsSync(path.dirname(inProc(pid, 'cgroup')))).toBe(false));
    expect(listed()).toEqual([]);
  });

  it('can be read from a file that stays open', async () => {
    await run('sleep 0.3 & sleep 1000');
    const file = openSync(path.join(backend.folder(GROUP), 'cgroup.procs'), 'r');
    const read = () => {
      const buffer = Buffer.alloc(4_096);
      return buffer
        .toString('utf8', 0, readSync(file, buffer, 0, 4_096, 0))
        .trim()
        .split('\n').length;
    };

    await eventually(() => expect(read()).toBe(3));
    await eventually(() => expect(read()).toBe(2));
    closeSync(file);
  });
});
