import { describe, expect, it } from 'vitest';
import { type Finding, type NodeFacts, readinessProblem, selfCheck } from './self-check.js';

/** A node on which everything works. */
const GOOD: NodeFacts = {
  cgroupVersion: 'v2',
  source: 'cgroup tree',
  hostPidNamespace: true,
  hostCgroupNamespace: true,
  processes: { count: 0 },
  schedExt: { supported: true, state: 'enabled', ops: 'gthulhu', switchAll: true },
  kernelRelease: '6.12.0',
  capabilities: ['CAP_SYS_PTRACE'],
};

function finding(check: Finding['check'], facts: Partial<NodeFacts>): Finding | undefined {
  return selfCheck({ ...GOOD, ...facts }).findings.find((candidate) => candidate.check === check);
}

describe('selfCheck', () => {
  it('finds nothing to say against a node on which everything works', () => {
    const { level, findings } = selfCheck(GOOD);

    expect(level).toBe('ok');
    expect(findings.map(({ check }) => check)).toEqual([
      'pid namespace',
      'cgroup namespace',
      'cgroup version',
      'sched_ext',
      'kernel',
      'executables',
    ]);
  });

  it.each([
    [
      'hidden processes',
      { hostPidNamespace: false, processes: { count: 3 } },
      'unsupported',
      /needs hostPID/,
    ],
    [
      'unreadable ones',
      { hostPidNamespace: false, processes: { problem: 'why' } },
      'unsupported',
      /\(why\).* needs hostPID/,
    ],
    [
      'no process at all',
      { hostPidNamespace: false, processes: { count: 0 } },
      'limited',
      /itself a container/,
    ],
  ] as const)('tells a foreign PID namespace with %s', (_what, facts, level, detail) => {
    expect(finding('pid namespace', facts)).toMatchObject({ level, detail: expect.stringMatching(detail) });
  });

  it('holds a private cgroup namespace against a node only without the tree', () => {
    const facts = { hostCgroupNamespace: false };

    expect(finding('cgroup namespace', facts)).toMatchObject({
      level: 'ok',
      detail: expect.stringMatching(/private, and nothing is lost/),
    });
    expect(finding('cgroup namespace', { ...facts, source: 'proc scan' })?.level).toBe('limited');
  });

  it.each([
    [{ cgroupVersion: 'v1', source: 'proc scan' }, 'limited', /cgroup v1: decisions are right/],
    [{ cgroupVersion: 'unknown', source: 'proc scan' }, 'limited', /no cgroup hierarchy/],
    [{ cgroupVersion: 'unknown', source: 'cgroup tree' }, 'ok', /in the shape of/],
  ] as const)('tells %j', (facts, level, detail) => {
    expect(finding('cgroup version', facts)).toMatchObject({ level, detail: expect.stringMatching(detail) });
  });

  it.each([
    [
      { supported: false, reason: 'no folder' },
      'unsupported',
      /^no folder; decisions are served, but no process/,
    ],
    [{ supported: true, reason: 'it is locked' }, 'limited', /^it is locked: .* not known/],
    [{ supported: true, state: 'disabled' }, 'limited', /no sched_ext scheduler is loaded \(disabled\)/],
    [{ supported: true, state: 'enabled', ops: 'x', switchAll: false }, 'limited', /^x is loaded for tasks/],
    [{ supported: true, state: 'enabled', ops: 'x' }, 'ok', /^x is loaded$/],
  ] as const)('tells sched_ext as %j', (schedExt, level, detail) => {
    expect(finding('sched_ext', { schedExt })).toMatchObject({
      level,
      detail: expect.stringMatching(detail),
    });
  });

  it('tells what is lost without the right to read executables', () => {
    expect(finding('executables', { capabilities: ['CAP_DAC_READ_SEARCH'] })).toMatchObject({
      level: 'limited',
      detail: expect.stringMatching(/commandTarget exe .* CAP_SYS_PTRACE/),
    });
  });

  it('is as bad as the worst finding', () => {
    expect(selfCheck({ ...GOOD, capabilities: [] }).level).toBe('limited');
    expect(selfCheck({ ...GOOD, capabilities: [], schedExt: { supported: false } }).level).toBe(
      'unsupported',
    );
  });
});

describe('readinessProblem', () => {
  it('is only what keeps the agent from telling the right pids', () => {
    const worst: NodeFacts = {
      ...GOOD,
      cgroupVersion: 'unknown',
      source: 'proc scan',
      hostCgroupNamespace: false,
      schedExt: { supported: false },
      capabilities: [],
    };

    expect(readinessProblem(selfCheck(worst))).toBeUndefined();
    expect(
      readinessProblem(selfCheck({ ...worst, hostPidNamespace: false, processes: { count: 1 } })),
    ).toMatch(/hostPID/);
    expect(
      readinessProblem(selfCheck({ ...worst, hostPidNamespace: false, processes: { count: 0 } })),
    ).toBeUndefined();
  });
});
