import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { cgroupMount } from '../../../tests/support/real-cgroups.js';
import { type Figure, reportLines } from '../figures.js';
import type { AgentUnderTest } from './agent-under-test.js';
import type { PodFleet } from './pod-fleet.js';
import { withFleet } from './with-fleet.js';

/**
 * Fork, exec, exit and reuse of pids for SECONDS, as fast as the machine can; then what is served has to become what
 * the kernel says. It runs in a pid namespace of its own, where pids may be made to repeat without harm to others.
 */
const [secondsText = '60', flag] = process.argv.slice(2);
const seconds = Number(secondsText);
const PODS = 8;
const PROCESSES_EACH = 3;
const STORMS_EACH = 2;
const POLL_MS = 20;
/** All new pids begin here again, this often. */
const FIRST_PID = 2_000;
const REWIND_MS = 100;
const LONGEST_CONVERGENCE_MS = 10_000;
const WATCH_AFTERWARDS_MS = 2_000;

const STORM =
  'echo $$ > "$0/cgroup.procs"; while :; do /bin/true & sh -c : & (exec sleep 0) & true & wait; done';

/** Reaps what loses its parent, as the first process of a namespace has to. */
const FIRST_PROCESS = '"$@" & wait $!';

const place = cgroupMount();
if ('reason' in place || !(seconds > 0)) {
  console.error(
    'reason' in place ? `a storm needs real cgroups: ${place.reason}` : 'usage: storm SECONDS [--json]',
  );
  process.exit(1);
}
if (flag === '--inside') await inside(place.mount);
else process.exitCode = await inOwnNamespace();

async function inOwnNamespace(): Promise<number> {
  const self = [
    process.execPath,
    fileURLToPath(import.meta.url),
    secondsText,
    '--inside',
    ...(flag ? [flag] : []),
  ];
  const namespace = ['--pid', '--fork', '--kill-child', '--mount-proc'];
  const child = spawn('unshare', [...namespace, 'sh', '-c', FIRST_PROCESS, 'sh', ...self], {
    stdio: 'inherit',
  });
  const [code] = await once(child, 'exit');
  return code ?? 1;
}

async function inside(mount: string): Promise<void> {
  await withFleet(mount, async ({ fleet, startAgent }) => {
    await fleet.grow(PODS, PROCESSES_EACH);
    const agent = await startAgent();
    await agent.postSetFor(fleet.pods);
    const result = await weather(agent, fleet);
    if (process.argv.includes('--json')) console.log(JSON.stringify(result));
    else report(result);
  });
}

interface Result {
  readonly forksPerSecond: number;
  readonly polls: number;
  /** Polls without an answer. */
  readonly refused: number;
  /** Polls that lacked a process which lived all the time. */
  readonly lost: number;
  /** Until what is served was what the kernel says; null = not within the limit. */
  readonly convergedAfterMs: number | null;
  /** Polls after that in which it was not. */
  readonly wrongAfterwards: number;
}

async function weather(agent: AgentUnderTest, fleet: PodFleet): Promise<Result> {
  const authorization = `Bearer ${await agent.schedulerToken()}`;
  const poll = () => agent.servedPids(authorization);
  const lasting = fleet.pids();
  const storms = fleet.pods.flatMap(({ folder }) =>
    Array.from({ length: STORMS_EACH }, () => aStorm(folder)),
  );
  const before = forks();
  const rewind = setInterval(
    () => writeFileSync('/proc/sys/kernel/ns_last_pid', String(FIRST_PID)),
    REWIND_MS,
  );
  let polls = 0;
  let refused = 0;
  let lost = 0;
  const startedAtMs = performance.now();
  for (; performance.now() - startedAtMs < seconds * 1_000; await sleep(POLL_MS)) {
    const served = await poll();
    polls++;
    if (served === undefined) refused++;
    else if (!lasting.every((pid) => served.has(pid))) lost++;
  }
  clearInterval(rewind);
  const forksPerSecond = (forks() - before) / seconds;
  for (const { pid } of storms) if (pid !== undefined) process.kill(-pid, 'SIGKILL');
  await Promise.all(storms.map((storm) => storm.exitCode ?? storm.signalCode ?? once(storm, 'exit')));
  return { forksPerSecond, polls, refused, lost, ...(await calm(poll, fleet)) };
}

async function calm(poll: () => Promise<ReadonlySet<number> | undefined>, fleet: PodFleet) {
  const isRight = async () => {
    const before = fleet.pids();
    const served = await poll();
    return served?.size === before.length && before.every((pid) => served.has(pid));
  };
  const endedAtMs = performance.now();
  while (!(await isRight())) {
    if (performance.now() - endedAtMs > LONGEST_CONVERGENCE_MS)
      return { convergedAfterMs: null, wrongAfterwards: 0 };
    await sleep(POLL_MS);
  }
  const convergedAtMs = performance.now();
  let wrongAfterwards = 0;
  for (; performance.now() - convergedAtMs < WATCH_AFTERWARDS_MS; await sleep(POLL_MS)) {
    if (!(await isRight())) wrongAfterwards++;
  }
  return { convergedAfterMs: convergedAtMs - endedAtMs, wrongAfterwards };
}

function aStorm(folder: string): ChildProcess {
  return spawn('sh', ['-c', STORM, folder], { stdio: 'ignore', detached: true });
}

/** Of the whole machine since it was started. */
function forks(): number {
  return Number(/^processes (\d+)/m.exec(readFileSync('/proc/stat', 'latin1'))?.[1]);
}

function report(result: Result): void {
  const none: Figure['bar'] = { limit: 0, better: 'lower' };
  const figures: Figure[] = [
    { what: 'forks on this machine', value: result.forksPerSecond, unit: '/s' },
    { what: 'polls in the storm', value: result.polls, unit: '' },
    { what: 'polls refused', value: result.refused, unit: '', bar: none },
    { what: 'polls without a process that lived all the time', value: result.lost, unit: '', bar: none },
    {
      what: 'until what is served is what the kernel says',
      value: result.convergedAfterMs ?? LONGEST_CONVERGENCE_MS,
      unit: 'ms',
      bar: { limit: 1_000, better: 'lower' },
    },
    { what: 'wrong polls after that', value: result.wrongAfterwards, unit: '', bar: none },
  ];
  console.log(reportLines(figures).join('\n'));
}
