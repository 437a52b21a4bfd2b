import { describe, expect, it } from 'vitest';
import { DomainError } from '../../shared/domain/domain-error.js';
import { EMPTY_ROOT } from '../../shared/domain/merkle.js';
import { nodeIntentMerkleRoot } from '../../shared/domain/node-intent-digest.js';
import {
  acceptPolicies,
  knownNodeIntents,
  type PostedPolicy,
  restoreNodeIntents,
  withoutPolicy,
} from './node-intent-acceptance.js';

const STRICT = { nodeName: 'n1', maxIntents: 3, acceptsLegacy: false };
const LENIENT = { ...STRICT, acceptsLegacy: true };

function aPolicy(overrides: Partial<PostedPolicy> = {}): PostedPolicy {
  return {
    policyID: 'p1',
    nodeID: 'n1',
    commandRegex: 'nginx',
    priority: 5,
    executionTime: 1_000_000,
    ...overrides,
  };
}

function faultsOf(policies: readonly PostedPolicy[]): readonly string[] {
  try {
    acceptPolicies(policies, STRICT);
    return [];
  } catch (error) {
    if (error instanceof DomainError && error.code === 'invalid')
      return error.details.map(({ field }) => field);
    throw error;
  }
}

describe('acceptPolicies', () => {
  it('keeps what is right as it is', () => {
    expect(acceptPolicies([aPolicy()], STRICT)).toEqual({ intents: [aPolicy()] });
  });

  it('lists every fault of every policy', () => {
    expect(
      faultsOf([
        aPolicy({ policyID: '', nodeID: 'n2', priority: 21, executionTime: 5, commandRegex: '(' }),
        aPolicy({ commandRegex: '(' }),
        aPolicy({ priority: -1, executionTime: -1 }),
      ]),
    ).toEqual([
      'policies[0].policyID',
      'policies[0].nodeID',
      'policies[0].priority',
      'policies[0].executionTime',
      'policies[0].commandRegex',
      'policies[1].commandRegex',
      'policies[2].priority',
      'policies[2].executionTime',
    ]);
  });

  it('refuses more than the limit, from whichever manager', () => {
    const four = Array.from({ length: 4 }, () => aPolicy());

    for (const context of [STRICT, LENIENT]) {
      expect(() => acceptPolicies(four, context)).toThrow('at most 3');
    }
  });

  it('takes what first-generation managers send, and makes it usable', () => {
    const { intents } = acceptPolicies(
      [
        aPolicy({ nodeID: 'other', priority: 99, executionTime: 7 }),
        aPolicy({ policyID: '', commandRegex: '(', priority: undefined, executionTime: undefined }),
      ],
      LENIENT,
    );

    expect(intents.map(({ priority, executionTime }) => [priority, executionTime])).toEqual([
      [20, 100_000],
      [10, 0],
    ]);
  });
});

describe('kept node intents', () => {
  it('have the root of the values as posted, also after a restart', () => {
    const policies = [
      aPolicy({ priority: 99, executionTime: 2n ** 63n - 1n }),
      aPolicy({ policyID: 'p2', priority: undefined, executionTime: -4 }),
    ];
    const root = nodeIntentMerkleRoot(
      policies.map((policy) => ({
        ...policy,
        priority: policy.priority ?? 0,
        executionTime: policy.executionTime ?? 0,
      })),
    );

    const stored = acceptPolicies(policies, LENIENT);

    expect(knownNodeIntents(stored).merkleRoot).toBe(root);
    expect(knownNodeIntents(restoreNodeIntents(JSON.parse(JSON.stringify(stored)))).merkleRoot).toBe(root);
    expect(knownNodeIntents({ intents: [] }).merkleRoot).toBe(EMPTY_ROOT);
  });

  it('lose every intent of a policy', () => {
    const stored = acceptPolicies([aPolicy(), aPolicy({ policyID: 'p2' }), aPolicy()], STRICT);

    expect(withoutPolicy(stored, 'p1').intents.map(({ policyID }) => policyID)).toEqual(['p2']);
  });

  it('are not taken from a disk that says what none could have been', () => {
    expect(() => restoreNodeIntents({ intents: [{ ...aPolicy(), priority: 77, executionTime: 0 }] })).toThrow(
      'in their range',
    );
  });
});
