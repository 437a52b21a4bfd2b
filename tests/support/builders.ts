import type { ClusterNode, Pod } from '../../manager/domain/cluster.js';
import type { NodePolicy, NodePolicySpec } from '../../manager/domain/node-policy.js';
import type { Grant } from '../../manager/domain/permission.js';
import type { Strategy, StrategySpec } from '../../manager/domain/strategy.js';
import type { User } from '../../manager/domain/user.js';

/** Values for tests: sensible defaults, overridden where the test cares. */

type StrategyOverrides = Partial<Omit<Strategy, 'spec'>> & { readonly spec?: Partial<StrategySpec> };

export function aStrategy({ spec, ...overrides }: StrategyOverrides = {}): Strategy {
  return {
    id: '5'.repeat(24),
    ownerId: 'owner',
    createdTime: 1_000,
    updatedTime: 1_000,
    revision: 1,
    spec: {
      name: '',
      description: '',
      strategyNamespace: '',
      labelSelectors: [],
      k8sNamespace: [],
      commandRegex: '',
      commandTarget: 'comm',
      containerNames: [],
      priority: 10,
      executionTime: 0,
      precedence: 0,
      threads: false,
      enabled: true,
      expiresAt: undefined,
      allPods: false,
      ...spec,
    },
    ...overrides,
  };
}

type NodePolicyOverrides = Partial<Omit<NodePolicy, 'spec'>> & { readonly spec?: Partial<NodePolicySpec> };

/** For every nginx of node-1. */
export function aNodePolicy({ spec, ...overrides }: NodePolicyOverrides = {}): NodePolicy {
  return {
    id: '4'.repeat(24),
    ownerId: 'owner',
    createdTime: 1_000,
    updatedTime: 1_000,
    revision: 1,
    spec: {
      nodeSelectors: [],
      nodeNames: ['node-1'],
      commandRegex: 'nginx',
      priority: 10,
      executionTime: 0,
      ...spec,
    },
    ...overrides,
  };
}

export function aUser(overrides: Partial<User> = {}): User {
  return {
    id: '7'.repeat(24),
    username: 'ann@example.com',
    passwordHash: '$argon2id$...',
    status: 1,
    roles: ['admin'],
    tokenVersion: 1,
    createdTime: 1_000,
    updatedTime: 1_000,
    revision: 1,
    ...overrides,
  };
}

export function aPod(overrides: Partial<Pod> = {}): Pod {
  const uid = overrides.uid ?? '11111111-2222-4333-8444-555555555555';
  return {
    uid,
    name: 'web-1',
    namespace: 'default',
    nodeName: 'node-1',
    labels: { app: 'web' },
    phase: 'Running',
    hasRunningContainer: true,
    cgroupUid: uid,
    containers: [],
    ...overrides,
  };
}

export function aNode(overrides: Partial<ClusterNode> = {}): ClusterNode {
  return { name: 'node-1', status: 'Ready', labels: {}, ...overrides };
}

export function aGrant(overrides: Partial<Grant> = {}): Grant {
  return {
    permissionKey: 'schedule_strategy.create',
    ownOnly: false,
    k8sNamespaces: [],
    policyNamespaces: [],
    strongestPriority: 0,
    ...overrides,
  };
}
