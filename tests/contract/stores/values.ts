import { nextEntry } from '../../../manager/domain/audit-chain.js';
import type { AuditEntry, AuditEvent } from '../../../manager/domain/audit-entry.js';
import type { Exclusion } from '../../../manager/domain/exclusion.js';
import type { IdempotentAnswer } from '../../../manager/domain/idempotent-answer.js';
import type { NodePolicy } from '../../../manager/domain/node-policy.js';
import type { Role } from '../../../manager/domain/permission.js';
import type { Session } from '../../../manager/domain/session.js';

/** Ids and values for the store suites: complete, and overridden where a test cares. */

export function idOf(digit: string): string {
  return digit.repeat(24);
}

export const ANN = idOf('1');
export const BOB = idOf('2');

/** What a text may hold, each a trap for one kind of store. */
export const HARD_TEXTS: readonly string[] = [
  '',
  ' ',
  'nul \u0000 inside, and at the end \u0000',
  'ünïcödé 🦑 \u202e \ufeff e\u0301 \uffff',
  '"quotes" \\ \' ; -- DROP TABLE users; \r\n\t',
  '$where',
  '$.a.b',
  '{"$gt":""}',
  '%00 %s {{y}}',
  '__proto__',
  'x'.repeat(100_000),
];

export function aRole(overrides: Partial<Role> = {}): Role {
  return {
    id: idOf('a'),
    name: 'operator',
    description: 'Runs things',
    grants: [
      {
        permissionKey: 'schedule_strategy.create',
        ownOnly: true,
        k8sNamespaces: ['team-*', 'shop'],
        policyNamespaces: ['blue'],
        strongestPriority: 5,
      },
      {
        permissionKey: 'node.read',
        ownOnly: false,
        k8sNamespaces: [],
        policyNamespaces: [],
        strongestPriority: 0,
      },
    ],
    createdTime: 1_700_000_000_000,
    updatedTime: 1_700_000_000_001,
    revision: 1,
    ...overrides,
  };
}

export function aSession(overrides: Partial<Session> = {}): Session {
  return {
    id: idOf('a'),
    userId: ANN,
    tokenHash: '1'.repeat(64),
    previousTokenHash: '',
    tokenVersion: 1,
    address: '10.0.0.1',
    client: 'podium/0.1 (cli)',
    createdTime: 1_700_000_000_000,
    rotatedTime: 1_700_000_000_000,
    expiresTime: 1_700_000_100_000,
    revokedTime: 0,
    revision: 1,
    ...overrides,
  };
}

export function aNodePolicy(overrides: Partial<NodePolicy> = {}): NodePolicy {
  return {
    id: idOf('a'),
    ownerId: ANN,
    spec: {
      nodeSelectors: [{ key: 'pool', operator: 'In', values: ['gpu'] }],
      nodeNames: ['node-1'],
      commandRegex: '^kubelet$',
      priority: 3,
      executionTime: 1_000_000_000,
    },
    createdTime: 1_700_000_000_000,
    updatedTime: 1_700_000_000_001,
    revision: 1,
    ...overrides,
  };
}

export function anExclusion(overrides: Partial<Exclusion> = {}): Exclusion {
  return {
    id: idOf('a'),
    kind: 'pod',
    sourceId: idOf('5'),
    targetId: '11111111-2222-4333-8444-555555555555',
    targetName: 'shop/web-1',
    ownerId: ANN,
    createdTime: 1_700_000_000_000,
    ...overrides,
  };
}

export function anAnswer(overrides: Partial<IdempotentAnswer> = {}): IdempotentAnswer {
  return {
    id: 'a'.repeat(64),
    requestHash: 'b'.repeat(64),
    resultId: idOf('c'),
    answer: '',
    createdTime: 1_700_000_000_000,
    expiresTime: 1_700_000_100_000,
    ...overrides,
  };
}

export interface EntryFacts extends Partial<AuditEvent> {
  readonly timeMs?: number;
  readonly userId?: string;
  readonly username?: string;
  readonly requestId?: string;
}

/** A chain of entries, linked as the product links them. */
export function aChain(facts: readonly EntryFacts[]): AuditEntry[] {
  const chain: AuditEntry[] = [];
  for (const { timeMs, userId, username, requestId, ...event } of facts) {
    const actor = {
      userId: userId ?? ANN,
      username: username ?? 'ann@example.com',
      address: '10.0.0.1',
      requestId: requestId ?? `request-${chain.length + 1}`,
    };
    const whole = {
      action: 'strategy.update',
      outcome: 'done' as const,
      target: { kind: 'strategy', id: idOf('5'), name: 'web' },
      ...event,
    };
    chain.push(nextEntry(chain.at(-1), timeMs ?? 1_700_000_000_000 + chain.length, actor, whole));
  }
  return chain;
}
