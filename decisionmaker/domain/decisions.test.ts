import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareRank } from '../../shared/domain/precedence.js';
import {
  aNodeIntent,
  anIntent,
  aProcess,
  aSnapshot,
  CONTAINER_ID,
  POD_UID,
  someRules,
} from '../../tests/support/agent-builders.js';
import { compileDecisionRules } from './decision-rules.js';
import { decide } from './decisions.js';
import { interestOf, matchByPattern } from './process-matching.js';

const OPTIONS = { maxItems: 4_096, serveZero: false, ownPid: 77 };

function decided(intents: Parameters<typeof someRules>[0], ...processes: ReturnType<typeof aProcess>[]) {
  return decide(someRules(intents), aSnapshot(...processes), OPTIONS).items.map(
    ({ pid, priority, sliceNs }) => ({ pid, priority, sliceNs }),
  );
}

describe('decide', () => {
  it('gives every process of the pod the values of its intent', () => {
    const items = decided([anIntent()], aProcess({ pid: 12 }), aProcess({ pid: 11, comm: 'sh' }));

    expect(items).toEqual([
      { pid: 11, priority: 3, sliceNs: 5_000_000 },
      { pid: 12, priority: 3, sliceNs: 5_000_000 },
    ]);
  });

  it('serves priority 0 as 1, and the default slice for none', () => {
    expect(decided([anIntent({ priority: 0, executionTime: 0 })], aProcess())).toEqual([
      { pid: 100, priority: 1, sliceNs: 20_000_000 },
    ]);
  });

  it('serves priority 0 as it is where the operator wants it', () => {
    const rules = someRules([anIntent({ priority: 0 })]);

    const { items } = decide(rules, aSnapshot(aProcess()), { ...OPTIONS, serveZero: true });

    expect(items[0]?.priority).toBe(0);
  });

  it('lets the strongest matching intent decide about each process', () => {
    const everything = anIntent({ strategyID: 'b'.repeat(24), priority: 9 });
    const nginxOnly = anIntent({ commandRegex: '^nginx', priority: 12, precedence: 5 });

    const items = decided(
      [nginxOnly, everything],
      aProcess({ pid: 1_001 }),
      aProcess({ pid: 1_002, comm: 'sh' }),
    );

    expect(items.map(({ pid, priority }) => [pid, priority])).toEqual([
      [1_001, 12],
      [1_002, 9],
    ]);
  });

  it('matches unanchored and case-sensitively', () => {
    const matching = (commandRegex: string) =>
      decided([anIntent({ commandRegex })], aProcess({ comm: 'my-nginx' }));

    expect([matching('gin'), matching('GIN'), matching('^gin')].map((items) => items.length)).toEqual([
      1, 0, 0,
    ]);
  });

  it.each([
    ['cmdline', { commandLine: '/usr/bin/python3 server.py' }, 'server\\.py'],
    ['exe', { executable: '/usr/bin/python3.11' }, 'python3\\.'],
  ] as const)('matches the %s where the intent says so', (commandTarget, details, commandRegex) => {
    const intent = anIntent({ commandTarget, commandRegex });

    expect(decided([intent], aProcess({ comm: 'x', ...details }))).toHaveLength(1);
    expect(decided([intent], aProcess({ comm: 'server.py python3.' }))).toHaveLength(0);
  });

  it('keeps to the named containers, and matches nothing while their ids are unknown', () => {
    const other = 'd'.repeat(64);
    const containers = [
      { name: 'main', id: `containerd://${CONTAINER_ID}` },
      { name: 'late', id: '' },
    ];
    const processes = [
      aProcess({ pid: 1_001 }),
      aProcess({ pid: 1_002, containerId: other }),
      aProcess({ pid: 1_003, containerId: undefined }),
    ];

    const forContainers = (...containerNames: string[]) =>
      decided([anIntent({ containerNames, containers })], ...processes).map(({ pid }) => pid);

    expect(forContainers('main')).toEqual([1_001]);
    expect(forContainers('main', 'late')).toEqual([1_001]);
    expect(forContainers('late')).toEqual([]);
    expect(forContainers()).toEqual([1_001, 1_002, 1_003]);
  });

  it.each([
    ['the init process', { pid: 1 }],
    ['itself', { pid: OPTIONS.ownPid }],
    ['a kernel thread', { isKernelThread: true }],
    ['the kubelet', { comm: 'kubelet' }],
    ['a shim', { comm: 'containerd-shim' }],
    ['the pause container', { comm: 'pause' }],
    ['conmon', { comm: 'conmon' }],
    ['a container runtime', { comm: 'containerd' }],
  ])('never lists %s', (_title, overrides) => {
    expect(decided([anIntent()], aProcess(overrides))).toEqual([]);
  });

  it('lists the threads of matching processes where the winner asks for them', () => {
    const threads = [
      { tid: 101, startTimeTicks: 5_001 },
      { tid: 102, startTimeTicks: 5_002 },
    ];
    const processes = [aProcess({ threads }), aProcess({ pid: 200, comm: 'sh', threads: [] })];

    const withThreads = decided([anIntent({ threads: true, commandRegex: 'nginx' })], ...processes);
    const without = decided([anIntent({ commandRegex: 'nginx' })], ...processes);

    expect(withThreads.map(({ pid }) => pid)).toEqual([100, 101, 102]);
    expect(without.map(({ pid }) => pid)).toEqual([100]);
  });

  it('lists a number once when a thread of one process became another process', () => {
    const stale = aProcess({ threads: [{ tid: 150, startTimeTicks: 1 }] });

    const items = decided([anIntent({ threads: true })], stale, aProcess({ pid: 150 }));

    expect(items.map(({ pid }) => pid)).toEqual([100, 150]);
  });

  it('leaves out the weakest, and threads before processes, when the map is full', () => {
    const podOf = (pid: number) => `0f0f0f0f-0000-4000-8000-${String(pid).padStart(12, '0')}`;
    const weak = anIntent({ podID: podOf(1), priority: 15, strategyID: 'b'.repeat(24) });
    const strong = anIntent({ podID: podOf(2), priority: 2, threads: true });
    const snapshot = aSnapshot(
      aProcess({ pid: 10, podUid: podOf(1) }),
      aProcess({ pid: 20, podUid: podOf(2), threads: [{ tid: 21, startTimeTicks: 1 }] }),
      aProcess({ pid: 30, podUid: podOf(2) }),
    );

    const pids = (maxItems: number) => {
      const { items, truncated } = decide(someRules([weak, strong]), snapshot, { ...OPTIONS, maxItems });
      return { pids: items.map(({ pid }) => pid), truncated };
    };

    expect(pids(4)).toEqual({ pids: [20, 30, 21, 10], truncated: 0 });
    expect(pids(2)).toEqual({ pids: [20, 30], truncated: 2 });
  });

  it('decides as the precedence rule does, whatever the order of the set', () => {
    const someIntent = fc
      .record({
        priority: fc.integer({ min: 0, max: 20 }),
        precedence: fc.integer({ min: -2, max: 2 }),
        strategyCreatedTime: fc.integer({ min: 1, max: 3 }),
        strategyID: fc.constantFrom('a', 'b', 'c', 'd'),
        commandRegex: fc.constantFrom('', 'nginx', 'sh', 'x'),
      })
      .map((fields) => anIntent(fields));

    fc.assert(
      fc.property(fc.array(someIntent, { maxLength: 8 }), fc.constantFrom('nginx', 'sh'), (intents, comm) => {
        const matching = intents.filter(({ commandRegex }) => comm.includes(commandRegex));
        const [strongest] = matching.toSorted(compareRank);

        const [decision] = decide(someRules(intents), aSnapshot(aProcess({ comm })), OPTIONS).items;

        expect(decision?.winner.strategyID).toBe(strongest?.strategyID);
        expect(decision?.winner.priority).toBe(strongest?.priority);
      }),
    );
  });
});

const HOST = { podUid: '', containerId: undefined, comm: 'sshd' };

describe('decide, with node intents', () => {
  const rules = (intents: ReturnType<typeof anIntent>[], ...nodeIntents: ReturnType<typeof aNodeIntent>[]) =>
    someRules(intents, nodeIntents);
  const pidsFor = (nodeIntent: ReturnType<typeof aNodeIntent>, ...processes: ReturnType<typeof aProcess>[]) =>
    decide(rules([], nodeIntent), aSnapshot(...processes), OPTIONS).items.map(({ pid }) => pid);

  it('gives its values to every process of the node whose command matches, in pods and outside', () => {
    const { items } = decide(
      rules([], aNodeIntent()),
      aSnapshot(aProcess({ pid: 20, ...HOST }), aProcess({ pid: 10, comm: 'sshd' }), aProcess({ pid: 30 })),
      OPTIONS,
    );

    expect(items.map(({ pid, priority, sliceNs }) => [pid, priority, sliceNs])).toEqual([
      [10, 5, 7_000_000],
      [20, 5, 7_000_000],
    ]);
    expect(items.map(({ winner }) => winner.podLabels)).toEqual([{}, {}]);
  });

  it('matches nothing without a regex', () => {
    expect(pidsFor(aNodeIntent({ commandRegex: '' }), aProcess(), aProcess({ pid: 20, ...HOST }))).toEqual(
      [],
    );
  });

  it.each([
    ['the init process', { pid: 1 }],
    ['itself', { pid: OPTIONS.ownPid }],
    ['a kernel thread', { isKernelThread: true }],
    ['the kubelet', { comm: 'kubelet' }],
    ['a shim', { comm: 'containerd-shim' }],
  ])('never lists %s', (_title, overrides) => {
    expect(pidsFor(aNodeIntent({ commandRegex: '.' }), aProcess({ ...HOST, ...overrides }))).toEqual([]);
  });

  it.each([
    ['a stronger one wins', { priority: 9 }, { priority: 5 }, 5],
    ['a weaker one loses', { priority: 3 }, { priority: 5 }, 3],
    ['it loses a tie', { priority: 5, executionTime: 1_000_000 }, { priority: 5 }, 5],
    ['its precedence is 0', { priority: 9, precedence: 1 }, { priority: 5 }, 9],
    ['and not less', { priority: 3, precedence: -1 }, { priority: 5 }, 5],
  ])('lists a process once where a pod’s intent matches as well: %s', (_title, ofPod, ofNode, priority) => {
    const { items } = decide(
      rules([anIntent(ofPod)], aNodeIntent(ofNode)),
      aSnapshot(aProcess({ comm: 'sshd' })),
      OPTIONS,
    );

    expect(items.map((item) => item.priority)).toEqual([priority]);
    if (priority === 5 && ofPod.priority === 5) expect(items[0]?.sliceNs).toBe(1_000_000);
  });

  it('lets the stronger of two node intents decide, then the one with the smaller id', () => {
    const strong = aNodeIntent({ policyID: 'b', priority: 2 });
    const weak = aNodeIntent({ policyID: 'a', priority: 4 });
    const winner = (...nodeIntents: ReturnType<typeof aNodeIntent>[]) =>
      decide(rules([], ...nodeIntents), aSnapshot(aProcess(HOST)), OPTIONS).items[0]?.winner.strategyID;

    expect(winner(weak, strong)).toBe('b');
    expect(winner({ ...strong, priority: 4 }, weak)).toBe('a');
  });
});

describe('compileDecisionRules', () => {
  it('leaves out a rule with a regex that cannot be used, and takes over what was compiled before', () => {
    const first = someRules([anIntent({ commandRegex: '(' }), anIntent({ commandRegex: 'x' })]);
    const second = compileDecisionRules([anIntent({ commandRegex: 'x' })], [], first.patterns);

    expect(first.byPod.get(POD_UID)).toHaveLength(1);
    expect(second.patterns.get('x')).toBe(first.patterns.get('x'));
    expect([...second.patterns.keys()]).toEqual(['x']);
  });

  it('knows the pods of the containers that intents name', () => {
    const rules = someRules([
      anIntent({ containers: [{ name: 'main', id: `containerd://${CONTAINER_ID}` }] }),
    ]);

    expect(interestOf(rules, matchByPattern).podOfContainer(CONTAINER_ID)).toBe(POD_UID);
  });
});

describe('interestOf', () => {
  it('asks for no more than the intents of a pod need', () => {
    const otherPod = '0f0f0f0f-0000-4000-8000-000000000002';
    const interest = interestOf(
      someRules([
        anIntent({ commandTarget: 'cmdline', commandRegex: 'x' }),
        anIntent({ podID: otherPod, threads: true, commandRegex: '^nginx$' }),
      ]),
      matchByPattern,
    );

    expect([interest.inPod(POD_UID), interest.inPod('other')]).toEqual([true, false]);
    expect([interest.inCommandLines(POD_UID), interest.inCommandLines(otherPod)]).toEqual([true, false]);
    expect(interest.inExecutables(POD_UID)).toBe(false);
    expect(interest.inThreads(aProcess({ podUid: otherPod }))).toBe(true);
    expect(interest.inThreads(aProcess({ podUid: otherPod, comm: 'sh' }))).toBe(false);
    expect(interest.inThreads(aProcess())).toBe(false);
  });
});
