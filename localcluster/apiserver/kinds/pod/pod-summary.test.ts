import { describe, expect, it } from 'vitest';
import { aPod } from '../../../../tests/support/a-pod.js';
import type { JsonObject } from '../../objects/json.js';
import { POD_KIND } from './pod-kind.js';

const NOW_MS = Date.parse('2026-01-01T01:00:00Z');
const RUNNING = { state: { running: { startedAt: '2026-01-01T00:00:00Z' } }, ready: true };
const COMPLETED = { state: { terminated: { exitCode: 0, reason: 'Completed' } } };

interface Situation {
  readonly phase?: string;
  readonly containers?: readonly JsonObject[];
  readonly init?: readonly JsonObject[];
  readonly sidecars?: boolean;
  readonly conditions?: readonly JsonObject[];
  readonly metadata?: JsonObject;
  readonly reason?: string;
}

/** The cells of READY, STATUS and RESTARTS. */
function cellsOf(situation: Situation): readonly unknown[] {
  const { phase = 'Running', containers = [], init = [], conditions = [], reason } = situation;
  const named = (statuses: readonly JsonObject[], prefix: string) =>
    statuses.map((status, index) => ({ restartCount: 0, ...status, name: `${prefix}${index}` }));
  const pod = aPod(
    {
      containers: containers.map((_, index) => ({ name: `c${index}`, image: 'x' })),
      initContainers: init.map((_, index) => ({
        name: `i${index}`,
        image: 'x',
        ...(situation.sidecars ? { restartPolicy: 'Always' } : {}),
      })),
    },
    {
      metadata: { creationTimestamp: '2026-01-01T00:00:00Z', ...situation.metadata },
      status: {
        phase,
        ...(reason === undefined ? {} : { reason }),
        conditions: conditions as never,
        containerStatuses: named(containers, 'c') as never,
        initContainerStatuses: named(init, 'i') as never,
      },
    },
  );
  return POD_KIND.row(pod, NOW_MS).cells.slice(1, 4);
}

describe('the line that tables have for a pod', () => {
  it.each<[string, Situation, readonly string[]]>([
    ['waiting for a node', { phase: 'Pending', containers: [{}] }, ['0/1', 'Pending', '0']],
    ['running', { containers: [RUNNING, RUNNING] }, ['2/2', 'Running', '0']],
    [
      'starting',
      { phase: 'Pending', containers: [{ state: { waiting: { reason: 'ContainerCreating' } } }] },
      ['0/1', 'ContainerCreating', '0'],
    ],
    [
      'crashing',
      {
        containers: [
          {
            state: { waiting: { reason: 'CrashLoopBackOff' } },
            restartCount: 3,
            lastState: { terminated: { exitCode: 1, finishedAt: '2026-01-01T00:55:00Z' } },
          },
        ],
      },
      ['0/1', 'CrashLoopBackOff', '3 (5m ago)'],
    ],
    ['done', { phase: 'Succeeded', containers: [COMPLETED] }, ['0/1', 'Completed', '0']],
    [
      'failed without a reason',
      { phase: 'Failed', containers: [{ state: { terminated: { exitCode: 3 } } }] },
      ['0/1', 'ExitCode:3', '0'],
    ],
    [
      'killed by a signal',
      { phase: 'Failed', containers: [{ state: { terminated: { exitCode: 137, signal: 9 } } }] },
      ['0/1', 'Signal:9', '0'],
    ],
    [
      'half done, and ready',
      { containers: [COMPLETED, RUNNING], conditions: [{ type: 'Ready', status: 'True' }] },
      ['1/2', 'Running', '0'],
    ],
    ['half done, and not ready', { containers: [COMPLETED, RUNNING] }, ['1/2', 'NotReady', '0']],
    [
      'ending',
      { containers: [RUNNING], metadata: { deletionTimestamp: '2026-01-01T01:00:30Z' } },
      ['1/1', 'Terminating', '0'],
    ],
    [
      'lost with its node',
      {
        containers: [RUNNING],
        reason: 'NodeLost',
        metadata: { deletionTimestamp: '2026-01-01T01:00:30Z' },
      },
      ['1/1', 'Unknown', '0'],
    ],
    ['evicted', { phase: 'Failed', reason: 'Evicted', containers: [] }, ['0/0', 'Evicted', '0']],
    [
      'gated',
      {
        phase: 'Pending',
        containers: [],
        conditions: [{ type: 'PodScheduled', status: 'False', reason: 'SchedulingGated' }],
      },
      ['0/0', 'SchedulingGated', '0'],
    ],
    [
      'preparing',
      { phase: 'Pending', containers: [{}], init: [COMPLETED, { state: { running: {} } }] },
      ['0/1', 'Init:1/2', '0'],
    ],
    [
      'failing to prepare',
      {
        phase: 'Pending',
        containers: [{}],
        init: [{ state: { terminated: { exitCode: 1, reason: 'Error' } }, restartCount: 2 }],
      },
      ['0/1', 'Init:Error', '2'],
    ],
    [
      'running beside a sidecar',
      { containers: [RUNNING], init: [{ ...RUNNING, started: true, restartCount: 1 }], sidecars: true },
      ['2/2', 'Running', '1'],
    ],
  ])('of a pod that is %s', (_title, situation, expected) => {
    expect(cellsOf(situation)).toEqual(expected);
  });

  it('has addresses, node and gates when it is wide', () => {
    const pod = aPod(
      { nodeName: 'n1', readinessGates: [{ conditionType: 'a' }, { conditionType: 'b' }] },
      { status: { podIP: '10.0.0.1', conditions: [{ type: 'a', status: 'True' }] } },
    );

    expect(POD_KIND.row(pod, NOW_MS).cells.slice(5)).toEqual(['10.0.0.1', 'n1', '<none>', '1/2']);
  });

  it('says of pods that have run their course that they have', () => {
    const { conditions } = POD_KIND.row(aPod({}, { status: { phase: 'Succeeded' } }), NOW_MS);

    expect(conditions).toMatchObject([{ type: 'Completed', reason: 'Succeeded' }]);
  });
});
