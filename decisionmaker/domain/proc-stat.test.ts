import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { isGone, parseProcStat } from './proc-stat.js';

function statLine(
  comm: string,
  overrides: { state?: string; flags?: number; threads?: number } = {},
): string {
  const { state = 'S', flags = 0x40_0100, threads = 1 } = overrides;
  const middle = `-1 ${flags} 0 0 0 0 0 0 0 0 20 0 ${threads} 0`;
  return `4711 (${comm}) ${state} 1 4711 4700 0 ${middle} 987654321 0 0\n`;
}

describe('parseProcStat', () => {
  it.each([
    ['plain', 'nginx'],
    ['blanks', 'my worker 1'],
    ['brackets', 'a)b (c) S 1 2'],
    ['only brackets', ')'],
    ['nothing', ''],
  ])('reads the fields after a comm with %s', (_title, comm) => {
    const stat = parseProcStat(statLine(comm));

    expect(stat).toEqual({
      comm,
      state: 'S',
      parentPid: 1,
      sessionId: 4700,
      isKernelThread: false,
      threadCount: 1,
      startTimeTicks: 987_654_321,
    });
  });

  it('undoes the escapes of line feeds and backslashes', () => {
    expect(parseProcStat(statLine('a\\nb\\\\c'))?.comm).toBe('a\nb\\c');
  });

  it('knows a kernel thread by its flag', () => {
    expect(parseProcStat(statLine('kworker/0:1', { flags: 0x420_8060 }))?.isKernelThread).toBe(true);
  });

  it('tells a zombie from one whose threads still run', () => {
    const dead = parseProcStat(statLine('sh', { state: 'Z', threads: 1 }));
    const leaderEnded = parseProcStat(statLine('java', { state: 'Z', threads: 5 }));

    expect([dead, leaderEnded].map((stat) => stat && isGone(stat))).toEqual([true, false]);
  });

  it('never throws, and takes nothing that lacks the start time', () => {
    const line = statLine('nginx');
    const untilStartTime = line.indexOf(' 987654321') + 1;

    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => parseProcStat(text) === undefined || true),
    );
    fc.assert(
      fc.property(fc.nat(untilStartTime), (length) => parseProcStat(line.slice(0, length)) === undefined),
    );
  });
});

describe('parseProcStat on this kernel', () => {
  const children: ChildProcess[] = [];
  afterEach(() => {
    for (const child of children.splice(0)) child.kill('SIGKILL');
  });

  it.each(['my worker', 'a)b c', 'a\nb\\c'])('agrees with /proc/PID/comm for %j', async (name) => {
    const child = spawn(
      'sh',
      ['-c', 'printf %s "$1" > "/proc/$$/comm"; echo ready; read -r line', 'sh', name],
      { stdio: ['pipe', 'pipe', 'ignore'] },
    );
    children.push(child);
    await new Promise((resolve) => child.stdout.once('data', resolve));

    const stat = parseProcStat(readFileSync(`/proc/${child.pid}/stat`, 'utf8'));

    expect(`${stat?.comm}\n`).toBe(readFileSync(`/proc/${child.pid}/comm`, 'utf8'));
    expect(stat).toMatchObject({ comm: name, parentPid: process.pid, isKernelThread: false, threadCount: 1 });
  });
});
