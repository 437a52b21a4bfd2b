import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../shared/lifecycle/clock.js';
import { silentLogger } from '../../shared/observability/logger.js';
import { eventually } from '../../tests/support/eventually.js';
import { ScriptedApi } from '../../tests/support/scripted-api.js';
import { type Connection, connect } from '../client/connection.js';
import { EventRecorder } from '../client/event-recorder.js';
import { KubeClient } from '../client/kube-client.js';
import type { Node, Pod } from '../client/objects.js';
import { Scheduler } from './scheduler.js';
import { type NodeView, nodeView, type PodView, podView } from './views.js';

let api: ScriptedApi;
let connection: Connection;
let events: EventRecorder;
let scheduler: Scheduler;
let pods: PodView[] = [];
let nodes: NodeView[] = [];

beforeEach(async () => {
  pods = [];
  nodes = [];
  api = await ScriptedApi.start();
  connection = connect({ server: api.url, insecureSkipTlsVerify: false });
  const shared = { clock: systemClock, random: () => 0, logger: silentLogger };
  const client = new KubeClient(connection.send);
  events = new EventRecorder({ ...shared, client, source: { component: 'default-scheduler' } });
  scheduler = new Scheduler({
    ...shared,
    client,
    events,
    pods: () => pods,
    nodes: () => nodes,
    synced: () => true,
  });
});
afterEach(async () => {
  await scheduler.stop();
  await events.stop();
  await connection.close();
  await api.stop();
});

function aPod(name: string, spec: Partial<Pod['spec']> = {}, status: Pod['status'] = {}): PodView {
  const metadata = { namespace: 'web', name, uid: `uid-of-${name}`, resourceVersion: '1' };
  return podView({ metadata, spec: { containers: [], ...spec }, status });
}

function aNode(name: string): NodeView {
  const status: Node['status'] = { conditions: [{ type: 'Ready', status: 'True' }] };
  return nodeView({ metadata: { name, uid: name, resourceVersion: '1' }, status });
}

function bindings(): string[] {
  return api.received
    .filter(({ path }) => path.endsWith('/binding'))
    .map(({ body }) => `${body.metadata.name} ${body.metadata.uid} ${body.target.name}`);
}

describe('Scheduler', () => {
  it('spreads waiting pods over the nodes, counting those that it has just bound', async () => {
    nodes = [aNode('n1'), aNode('n2')];
    pods = [aPod('there', { nodeName: 'n1' }), aPod('a'), aPod('b'), aPod('c')];

    await scheduler.start();
    await eventually(() => expect(bindings()).toHaveLength(3));

    expect(bindings().sort()).toEqual(['a uid-of-a n2', 'b uid-of-b n1', 'c uid-of-c n2']);
    await eventually(() =>
      expect(api.received.filter(({ body }) => body?.reason === 'Scheduled')).toHaveLength(3),
    );
  });

  it('leaves alone what is not its own or not to be placed', async () => {
    nodes = [aNode('n1')];
    pods = [
      aPod('other', { schedulerName: 'another' }),
      aPod('gated', { schedulingGates: [{ name: 'wait' }] }),
      aPod('ended', {}, { phase: 'Failed' }),
      aPod('mine'),
    ];

    await scheduler.start();
    await eventually(() => expect(bindings()).toEqual(['mine uid-of-mine n1']));
  });

  it('says once why a pod has no place, and gives it one when a node comes', async () => {
    pods = [aPod('a')];

    await scheduler.start();
    await eventually(() => expect(api.with('PATCH')).toHaveLength(1));
    const message = 'no nodes available to schedule pods';
    pods = [aPod('a', {}, { conditions: [{ type: 'PodScheduled', status: 'False', message }] })];
    nodes = [aNode('n1')];
    scheduler.nodeChanged();

    await eventually(() => expect(bindings()).toEqual(['a uid-of-a n1']));
    expect(api.with('PATCH')).toMatchObject([
      {
        path: '/api/v1/namespaces/web/pods/a/status',
        body: {
          metadata: { uid: 'uid-of-a' },
          status: {
            conditions: [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message }],
          },
        },
      },
    ]);
    await eventually(() =>
      expect(api.received.filter(({ body }) => body?.reason === 'FailedScheduling')).toHaveLength(1),
    );
  });

  it('tries a binding again that failed', async () => {
    const answers = [{ status: 500 }, { status: 409 }];
    api.script = ({ path }) => (path.endsWith('/binding') ? answers.shift() : undefined);
    nodes = [aNode('n1')];
    pods = [aPod('a')];

    await scheduler.start();

    await eventually(() => expect(bindings()).toHaveLength(3));
  });
});
