import { describe, expect, it } from 'vitest';
import { AGENT_LABEL, chooseAgents, toAgentCandidate } from './agent-mapper.js';
import { toClusterNode } from './node-mapper.js';
import { type RawPod, toPod } from './pod-mapper.js';

const same = (text: string) => text;

type Overrides = { metadata?: Partial<RawPod['metadata']>; spec?: RawPod['spec']; status?: RawPod['status'] };

function aRawPod({ metadata, spec, status }: Overrides = {}): RawPod {
  return {
    metadata: {
      name: 'web-1',
      namespace: 'default',
      uid: 'u1',
      resourceVersion: '1',
      ...metadata,
    },
    spec: { nodeName: 'n1', ...spec },
    status: { phase: 'Running', ...status },
  };
}

describe('toPod', () => {
  it('keeps what planning needs', () => {
    const raw = aRawPod({
      metadata: { labels: { app: 'web' } },
      status: {
        phase: 'Running',
        initContainerStatuses: [{ name: 'init', containerID: 'containerd://aaa', state: {} }],
        containerStatuses: [
          { name: 'web', containerID: 'cri-o://bbb', state: { running: {} } },
          { name: 'waiting', state: {} },
        ],
      },
    });

    expect(toPod(raw, same)).toEqual({
      uid: 'u1',
      name: 'web-1',
      namespace: 'default',
      nodeName: 'n1',
      labels: { app: 'web' },
      phase: 'Running',
      hasRunningContainer: true,
      cgroupUid: 'u1',
      containers: [
        { name: 'init', id: 'aaa' },
        { name: 'web', id: 'bbb' },
      ],
    });
  });

  it('leaves the node open while the pod is not bound', () => {
    const pod = toPod({ metadata: aRawPod().metadata, spec: { nodeName: '' } }, same);

    expect(pod).toMatchObject({ nodeName: undefined, phase: 'Unknown', hasRunningContainer: false });
  });

  const mirror = { 'kubernetes.io/config.mirror': 'x', 'kubernetes.io/config.hash': 'd'.repeat(32) };

  it('takes the config hash of a mirror pod that a node owns', () => {
    const ownerReferences = [{ kind: 'Node', name: 'n1', uid: 'n' }];

    expect(toPod(aRawPod({ metadata: { annotations: mirror, ownerReferences } }), same).cgroupUid).toBe(
      'd'.repeat(32),
    );
  });

  it.each([
    ['without an owner', { annotations: mirror }],
    [
      'of another owner',
      { annotations: mirror, ownerReferences: [{ kind: 'ReplicaSet', name: 'x', uid: 'x' }] },
    ],
    [
      'without the mirror mark',
      {
        annotations: { 'kubernetes.io/config.hash': 'd'.repeat(32) },
        ownerReferences: [{ kind: 'Node', name: 'n1', uid: 'n' }],
      },
    ],
  ])('does not believe the config hash of a pod %s', (_title, metadata) => {
    expect(toPod(aRawPod({ metadata }), same).cgroupUid).toBe('u1');
  });
});

const selector = { namespace: 'podium-system', label: AGENT_LABEL, scheme: 'http' as const };

function anAgentPod(overrides: Overrides = {}): RawPod {
  return aRawPod({
    ...overrides,
    metadata: {
      namespace: 'podium-system',
      labels: { app: 'decisionmaker' },
      creationTimestamp: '2026-01-01T00:00:00Z',
      ...overrides.metadata,
    },
    spec: {
      nodeName: 'n1',
      containers: [{ name: 'agent', ports: [{ name: 'http', containerPort: 8080 }] }],
      ...overrides.spec,
    },
    status: {
      podIP: '10.0.0.7',
      conditions: [{ type: 'Ready', status: 'True' }],
      ...overrides.status,
    },
  });
}

function chosen(...pods: RawPod[]) {
  const candidates = pods.flatMap((pod) => toAgentCandidate(pod, selector) ?? []);
  return [...chooseAgents(candidates).values()].map(({ origin, podUid }) => `${podUid} ${origin}`);
}

describe('decision makers', () => {
  it('are found by label, in their namespace, ready, by pod IP', () => {
    expect(chosen(anAgentPod())).toEqual(['u1 http://10.0.0.7:8080']);
    expect(chosen(anAgentPod({ status: { podIP: 'fd00::7' } }))).toEqual(['u1 http://[fd00::7]:8080']);
  });

  it.each([
    ['in another namespace', { metadata: { namespace: 'default' } }],
    ['with another label', { metadata: { labels: { app: 'web' } } }],
    ['not ready', { status: { conditions: [{ type: 'Ready', status: 'False' }] } }],
    ['on its way out', { metadata: { deletionTimestamp: '2026-01-01T00:00:00Z' } }],
    ['without an address', { status: { podIP: '' } }],
    ['without a port', { spec: { nodeName: 'n1', containers: [{ name: 'agent' }] } }],
    ['not bound', { spec: { nodeName: '' } }],
  ])('are not pods %s', (_title, overrides) => {
    expect(chosen(anAgentPod(overrides))).toEqual([]);
  });

  it('are called over https where mutual TLS is on', () => {
    const secure = { ...selector, scheme: 'https' as const };

    expect(toAgentCandidate(anAgentPod(), secure)?.origin).toBe('https://10.0.0.7:8080');
  });

  it('are one a node: the newest ready one', () => {
    const young = anAgentPod({ metadata: { uid: 'u2', creationTimestamp: '2026-02-01T00:00:00Z' } });

    expect(chosen(anAgentPod(), young)).toEqual(['u2 http://10.0.0.7:8080']);
    expect(chosen(young, anAgentPod())).toEqual(['u2 http://10.0.0.7:8080']);
  });

  it.each([
    [
      [
        { name: 'metrics', containerPort: 1 },
        { name: 'api', containerPort: 2 },
      ],
      2,
    ],
    [[{ name: 'metrics', containerPort: 1 }, { containerPort: 2 }], 2],
    [[{ name: 'monitor-metrics', containerPort: 1 }], 1],
  ])('listen on the port the contract chooses of %j', (ports, expected) => {
    const pod = anAgentPod({ spec: { nodeName: 'n1', containers: [{ name: 'agent', ports }] } });

    expect(chosen(pod)).toEqual([`u1 http://10.0.0.7:${expected}`]);
  });
});

describe('toClusterNode', () => {
  it.each([
    [[{ type: 'Ready', status: 'True' }], 'Ready'],
    [[{ type: 'Ready', status: 'False' }], 'NotReady'],
    [[{ type: 'Ready', status: 'Unknown' }], 'NotReady'],
    [[{ type: 'DiskPressure', status: 'False' }], 'Unknown'],
    [undefined, 'Unknown'],
  ])('calls conditions %j %s', (conditions, status) => {
    const raw = { metadata: aRawPod().metadata, status: conditions === undefined ? {} : { conditions } };

    expect(toClusterNode(raw, String).status).toBe(status);
  });

  it('keeps the labels and nothing else that is said about the node', () => {
    const metadata = {
      ...aRawPod().metadata,
      name: 'n1',
      labels: { zone: 'z1' },
      annotations: { long: 'x'.repeat(9) },
    };

    expect(toClusterNode({ metadata, status: {} }, String)).toEqual({
      name: 'n1',
      status: 'Unknown',
      labels: { zone: 'z1' },
    });
  });
});
