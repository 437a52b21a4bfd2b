import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../objects/json.js';
import type { KubernetesObject } from '../objects/kubernetes-object.js';
import { decode } from '../schema/decode.js';
import { KINDS } from './all-kinds.js';
import { EVENT_KIND } from './event/event-kind.js';
import type { Kind } from './kind.js';
import { LEASE_KIND } from './lease/lease-kind.js';
import { NAMESPACE_KIND } from './namespace/namespace-kind.js';
import { NODE_KIND } from './node/node-kind.js';

const NOW_MS = Date.parse('2026-01-01T00:10:00Z');
const CREATED = { creationTimestamp: '2026-01-01T00:00:00Z' };

function anObject<T extends KubernetesObject>(kind: Kind<T>, document: JsonObject): T {
  return kind.defaults(decode(kind.kind, document).value as unknown as T);
}

function fieldsOf(faults: readonly { readonly field: string }[]): readonly string[] {
  return faults.map(({ field }) => field);
}

describe('every kind', () => {
  it.each(KINDS.map((kind) => [kind.kind, kind] as const))('%s has a cell for each column', (_name, kind) => {
    const empty = anObject(kind, {});

    expect(kind.row(empty, NOW_MS).cells).toHaveLength(kind.columns.length);
  });

  it.each(KINDS.map((kind) => [kind.kind, kind] as const))('%s needs a name', (_name, kind) => {
    expect(fieldsOf(kind.validate(anObject(kind, {})))).toContain('metadata.name');
  });
});

describe('nodes', () => {
  const node = (document: JsonObject) =>
    anObject(NODE_KIND, {
      ...document,
      metadata: { name: 'n1', ...CREATED, ...(document.metadata as JsonObject) },
    });

  it.each<[JsonObject, string]>([
    [{}, 'Unknown'],
    [{ status: { conditions: [{ type: 'Ready', status: 'True' }] } }, 'Ready'],
    [{ status: { conditions: [{ type: 'Ready', status: 'Unknown' }] } }, 'NotReady'],
    [
      { status: { conditions: [{ type: 'Ready', status: 'True' }] }, spec: { unschedulable: true } },
      'Ready,SchedulingDisabled',
    ],
  ])('%j is %s', (document, status) => {
    expect(NODE_KIND.row(node(document), NOW_MS).cells[1]).toBe(status);
  });

  it('show roles, addresses and versions', () => {
    const { cells } = NODE_KIND.row(
      node({
        metadata: { labels: { 'node-role.kubernetes.io/worker': '', 'kubernetes.io/role': 'edge' } },
        status: {
          addresses: [{ type: 'InternalIP', address: '127.0.0.1' }],
          nodeInfo: { kubeletVersion: 'v1', osImage: 'Linux' },
        },
      }),
      NOW_MS,
    );

    expect(cells.slice(2)).toEqual([
      'edge,worker',
      '10m',
      'v1',
      '127.0.0.1',
      '<none>',
      'Linux',
      '<unknown>',
      '<unknown>',
    ]);
  });

  it('may use all that they have, unless they say otherwise', () => {
    const capacity = { cpu: '4' };

    expect(node({ status: { capacity } }).status.allocatable).toEqual(capacity);
    expect(node({ status: { capacity, allocatable: { cpu: '3' } } }).status.allocatable).toEqual({
      cpu: '3',
    });
  });

  it('keep the range of their pods, which has two forms', () => {
    const before = node({ spec: { podCIDR: '10.0.0.0/24' } });
    const after = node({ spec: { podCIDR: '10.1.0.0/24', podCIDRs: ['10.0.0.0/24'] } });

    expect(before.spec.podCIDRs).toEqual(['10.0.0.0/24']);
    expect(fieldsOf(NODE_KIND.validateUpdate(after, before))).toEqual(['spec.podCIDRs']);
  });

  it('are refused for taints and amounts that mean nothing', () => {
    const bad = node({
      spec: {
        taints: [
          { key: 'a', effect: 'Sometimes' },
          { key: 'b', effect: 'NoExecute' },
          { key: 'b', effect: 'NoExecute' },
        ],
      },
      status: { capacity: { cpu: '-1' } },
    });

    expect(fieldsOf(NODE_KIND.validate(bad))).toEqual([
      'metadata.taints[0].effect',
      'metadata.taints[2]',
      'status.capacity.cpu',
      'status.allocatable.cpu',
    ]);
  });
});

describe('namespaces', () => {
  it('carry their name as a label and begin active, with contents to come', () => {
    const created = NAMESPACE_KIND.prepareForCreate(anObject(NAMESPACE_KIND, { metadata: { name: 'team' } }));

    expect(created).toMatchObject({
      metadata: { labels: { 'kubernetes.io/metadata.name': 'team' } },
      spec: { finalizers: ['kubernetes'] },
      status: { phase: 'Active' },
    });
  });

  it('cannot be said to end while nobody deletes them', () => {
    const ending = anObject(NAMESPACE_KIND, { metadata: { name: 'team' }, status: { phase: 'Terminating' } });

    expect(fieldsOf(NAMESPACE_KIND.validateStatusUpdate(ending, ending))).toEqual(['status.Phase']);
  });
});

describe('leases', () => {
  it('are refused for times that cannot be', () => {
    const lease = anObject(LEASE_KIND, {
      metadata: { name: 'l' },
      spec: { leaseDurationSeconds: 0, leaseTransitions: -1 },
    });

    expect(fieldsOf(LEASE_KIND.validate(lease))).toEqual([
      'spec.leaseDurationSeconds',
      'spec.leaseTransitions',
    ]);
  });
});

describe('events', () => {
  const event = (document: JsonObject) =>
    anObject(EVENT_KIND, { metadata: { name: 'e', namespace: 'default' }, ...document });

  it('belong to the namespace of their object', () => {
    expect(fieldsOf(EVENT_KIND.validate(event({ involvedObject: { namespace: 'other' } })))).toEqual([
      'involvedObject.namespace',
    ]);
    expect(EVENT_KIND.validate(event({ involvedObject: { kind: 'Node', name: 'n' } }))).toEqual([]);
  });

  it('show when, what, where and how often', () => {
    const { cells } = EVENT_KIND.row(
      event({
        involvedObject: { kind: 'Pod', name: 'web', fieldPath: 'spec.containers{main}' },
        reason: 'Started',
        type: 'Normal',
        message: ' hello\n',
        count: 3,
        source: { component: 'kubelet', host: 'n1' },
        firstTimestamp: '2026-01-01T00:00:00Z',
        lastTimestamp: '2026-01-01T00:09:00Z',
      }),
      NOW_MS,
    );

    expect(cells).toEqual([
      '60s',
      'Normal',
      'Started',
      'pod/web',
      'spec.containers{main}',
      'kubelet, n1',
      'hello',
      '10m',
      3,
      'e',
    ]);
  });

  it('of the newer form are read the same way', () => {
    const { cells } = EVENT_KIND.row(
      event({
        involvedObject: { kind: 'Node' },
        eventTime: '2026-01-01T00:05:00.000000Z',
        reportingComponent: 'scheduler',
        series: { count: 9, lastObservedTime: '2026-01-01T00:09:30.000000Z' },
      }),
      NOW_MS,
    );

    expect([cells[0], cells[3], cells[5], cells[7], cells[8]]).toEqual(['30s', 'node', 'scheduler', '5m', 9]);
  });
});
