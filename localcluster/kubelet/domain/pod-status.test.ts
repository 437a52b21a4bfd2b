import { describe, expect, it } from 'vitest';
import type { Container, Pod, PodStatus } from '../../client/objects.js';
import {
  type ContainerRecord,
  NEW_CONTAINER,
  nextRun,
  refused,
  running,
  type Termination,
  terminated,
} from './container-record.js';
import { type PodFacts, podStatus } from './pod-status.js';
import { recoverRecords } from './recover-records.js';

const T0 = Date.parse('2026-01-02T03:04:05.678Z');
const T0_TEXT = '2026-01-02T03:04:05Z';
const ID = 'f'.repeat(64);

function aPod(containers: Container[], overrides: Partial<Pod['spec']> = {}, status?: PodStatus): Pod {
  const metadata = { namespace: 'web', name: 'p', uid: 'u', resourceVersion: '1', generation: 3 };
  return { metadata, spec: { containers, ...overrides }, ...(status === undefined ? {} : { status }) };
}

function statusOf(
  pod: Pod,
  records: Record<string, ContainerRecord>,
  facts: Partial<PodFacts> = {},
): PodStatus {
  return podStatus(pod, {
    records: new Map(Object.entries(records)),
    initialized: true,
    hasCgroup: true,
    nodeIp: '127.0.0.1',
    nowMs: T0,
    ...facts,
  });
}

const runs = running(NEW_CONTAINER, ID, T0);
const ends = (end: Partial<Termination>, before = runs) =>
  terminated(before, {
    containerId: ID,
    exitCode: 0,
    reason: 'Completed',
    startedAtMs: T0,
    finishedAtMs: T0,
    ...end,
  });

function conditions(status: PodStatus): Record<string, string> {
  const entries = (status.conditions ?? []).map(({ type, status, reason }) => [
    type,
    reason === undefined ? status : `${status} ${reason}`,
  ]);
  return Object.fromEntries(entries);
}

describe('podStatus', () => {
  it('describes a running pod', () => {
    const status = statusOf(aPod([{ name: 'a', image: 'nginx' }]), { a: runs });

    expect(status).toMatchObject({
      phase: 'Running',
      observedGeneration: 3,
      podIP: '127.0.0.1',
      podIPs: [{ ip: '127.0.0.1' }],
      hostIP: '127.0.0.1',
      startTime: T0_TEXT,
      containerStatuses: [
        {
          name: 'a',
          image: 'nginx',
          imageID: '',
          containerID: `podium://${ID}`,
          ready: true,
          started: true,
          restartCount: 0,
          state: { running: { startedAt: T0_TEXT } },
          lastState: {},
        },
      ],
    });
    expect(status).not.toHaveProperty('initContainerStatuses');
    expect(conditions(status)).toEqual({
      PodReadyToStartContainers: 'True',
      Initialized: 'True',
      Ready: 'True',
      ContainersReady: 'True',
      PodScheduled: 'True',
    });
  });

  it('says what it waits for while it initializes', () => {
    const pod = aPod([{ name: 'a' }], { initContainers: [{ name: 'i' }, { name: 'j' }] });

    const status = statusOf(pod, { i: ends({}), j: runs }, { initialized: false });

    expect(status.phase).toBe('Pending');
    expect(status.containerStatuses?.[0]?.state).toEqual({ waiting: { reason: 'PodInitializing' } });
    expect(status.initContainerStatuses?.map(({ ready }) => ready)).toEqual([true, false]);
    expect(status.conditions?.find(({ type }) => type === 'Initialized')).toMatchObject({
      status: 'False',
      reason: 'ContainersNotInitialized',
      message: 'containers with incomplete status: [j]',
    });
  });

  it('is running and not ready while a container backs off', () => {
    const crashed = ends({ exitCode: 3, reason: 'Error' }, nextRun(ends({ exitCode: 2, reason: 'Error' })));

    const status = statusOf(aPod([{ name: 'a' }]), { a: crashed });

    expect(status.phase).toBe('Running');
    expect(status.containerStatuses?.[0]).toMatchObject({
      ready: false,
      restartCount: 1,
      state: { waiting: { reason: 'CrashLoopBackOff' } },
      lastState: { terminated: { exitCode: 3, reason: 'Error', containerID: `podium://${ID}` } },
    });
    expect(conditions(status)).toMatchObject({ Ready: 'False ContainersNotReady' });
  });

  it('is pending while a container cannot be started', () => {
    const a = refused(NEW_CONTAINER, { reason: 'CreateContainerError', message: 'no command' });

    const status = statusOf(aPod([{ name: 'a' }, { name: 'b' }]), { a, b: runs });

    expect(status.phase).toBe('Pending');
    expect(status.containerStatuses?.[0]?.state).toEqual({
      waiting: { reason: 'CreateContainerError', message: 'no command' },
    });
  });

  it.each([
    ['Succeeded', 0, 'Completed', { Initialized: 'True PodCompleted', Ready: 'False PodCompleted' }],
    ['Failed', 137, 'Error', { Initialized: 'True', Ready: 'False PodFailed' }],
  ] as const)('describes a pod that has %s', (outcome, exitCode, reason, wanted) => {
    const end = exitCode === 137 ? { exitCode, reason, signal: 9 } : { exitCode, reason };

    const status = statusOf(aPod([{ name: 'a' }]), { a: ends(end) }, { outcome, hasCgroup: false });

    expect(status.phase).toBe(outcome);
    expect(status.containerStatuses?.[0]?.state?.terminated).toMatchObject(end);
    expect(conditions(status)).toMatchObject({ ...wanted, PodReadyToStartContainers: 'False' });
  });

  it('shows the end of a sidecar in a pod that is over, not a back-off', () => {
    const pod = aPod([{ name: 'a' }], { initContainers: [{ name: 's', restartPolicy: 'Always' }] });
    const s = ends({ exitCode: 143, reason: 'Error' }, nextRun(ends({ exitCode: 1, reason: 'Error' })));

    const status = statusOf(pod, { s, a: ends({}) }, { outcome: 'Succeeded' });

    expect(status.initContainerStatuses?.[0]?.state?.terminated).toMatchObject({ exitCode: 143 });
  });

  it('keeps the times of what has not changed', () => {
    const known: PodStatus = {
      startTime: '2020-01-01T00:00:00Z',
      conditions: [
        { type: 'Initialized', status: 'True', lastTransitionTime: '2020-01-01T00:00:01Z' },
        { type: 'Ready', status: 'False', lastTransitionTime: '2020-01-01T00:00:02Z' },
      ],
    };

    const status = statusOf(aPod([{ name: 'a' }], {}, known), { a: runs });

    const times = status.conditions?.map(({ type, lastTransitionTime }) => [type, lastTransitionTime]);
    expect(status.startTime).toBe('2020-01-01T00:00:00Z');
    expect(Object.fromEntries(times ?? [])).toMatchObject({
      Initialized: '2020-01-01T00:00:01Z',
      Ready: T0_TEXT,
    });
  });

  it('is ready only when the readiness gates are open', () => {
    const spec = { readinessGates: [{ conditionType: 'example.com/lb' }] };
    const open: PodStatus = { conditions: [{ type: 'example.com/lb', status: 'True' }] };

    expect(conditions(statusOf(aPod([{ name: 'a' }], spec), { a: runs }))).toMatchObject({
      ContainersReady: 'True',
      Ready: 'False ReadinessGatesNotReady',
    });
    expect(conditions(statusOf(aPod([{ name: 'a' }], spec, open), { a: runs }))).toMatchObject({
      Ready: 'True',
    });
  });
});

describe('recoverRecords', () => {
  it('takes a container that ran for one that was lost with the kubelet', () => {
    const before = statusOf(aPod([{ name: 'a' }]), { a: runs });

    const [record] = recoverRecords(aPod([{ name: 'a' }], {}, before), T0 + 5_000).values();

    expect(record).toMatchObject({
      restartCount: 0,
      phase: {
        kind: 'terminated',
        termination: {
          containerId: ID,
          exitCode: 137,
          reason: 'ContainerStatusUnknown',
          finishedAtMs: T0 + 5_000,
        },
      },
    });
  });

  it('keeps how a container ended and how often it was restarted', () => {
    const end = ends({ exitCode: 143, reason: 'Error', signal: 15, message: 'm' }, nextRun(ends({})));
    const done = statusOf(
      aPod([{ name: 'a' }], { restartPolicy: 'Never' }),
      { a: end },
      { outcome: 'Failed' },
    );
    const backsOff = statusOf(aPod([{ name: 'a' }]), { a: end });

    for (const status of [done, backsOff]) {
      expect(recoverRecords(aPod([{ name: 'a' }], {}, status), T0).get('a')).toMatchObject({
        restartCount: 1,
        phase: {
          termination: { exitCode: 143, reason: 'Error', signal: 15, message: 'm', containerId: ID },
        },
      });
    }
  });

  it('knows nothing of a pod that nobody has begun with', () => {
    expect(recoverRecords(aPod([{ name: 'a' }]), T0)).toEqual(new Map());
    const waiting = statusOf(aPod([{ name: 'a' }]), {});
    expect(recoverRecords(aPod([{ name: 'a' }], {}, waiting), T0).get('a')).toEqual(NEW_CONTAINER);
  });
});
