import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EMPTY_ROOT, merkleRoot, sha256Hex } from './merkle.js';
import { nodeIntentMerkleRoot, type PostedNodeIntent } from './node-intent-digest.js';

const P1 = { policyID: 'p1', nodeID: 'n1', commandRegex: 'nginx', priority: 5, executionTime: 1_000_000 };

describe('nodeIntentMerkleRoot', () => {
  it('is the manager’s form of the public vector (contract 2.11)', () => {
    expect(nodeIntentMerkleRoot([P1])).toBe(
      '1da56a7567f9644d3a163f4ccd7ae6c1a815f45a45ca458a023e8415035b1328',
    );
  });

  it('is the empty root without intents', () => {
    expect(nodeIntentMerkleRoot([])).toBe(EMPTY_ROOT);
  });

  it('sorts by node before policy, and pairs an odd last leaf with itself', () => {
    const leaf = (intent: PostedNodeIntent) => nodeIntentMerkleRoot([intent]);
    const first = { ...P1, nodeID: 'a', policyID: 'z' };
    const second = { ...P1, nodeID: 'b', policyID: 'a' };
    const third = { ...P1, nodeID: 'b', policyID: 'b' };

    expect(nodeIntentMerkleRoot([third, second, first])).toBe(
      merkleRoot([leaf(first), leaf(second), leaf(third)]),
    );
  });

  it('keeps integers that no double holds', () => {
    const executionTime = 2n ** 63n - 1n;

    expect(nodeIntentMerkleRoot([{ ...P1, executionTime }])).toBe(
      sha256Hex('nodeID=n1|policyID=p1|commandRegex=nginx|priority=5|executionTime=9223372036854775807'),
    );
  });

  it('is the same for every order', () => {
    const text = fc.string({ unit: 'binary', maxLength: 5 });
    const intent = fc.record({
      policyID: text,
      nodeID: text,
      commandRegex: text,
      priority: fc.integer(),
      executionTime: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
    });
    fc.assert(
      fc.property(fc.array(intent, { maxLength: 9 }), (intents) => {
        expect(nodeIntentMerkleRoot(intents.toReversed())).toBe(nodeIntentMerkleRoot(intents));
      }),
    );
  });
});
