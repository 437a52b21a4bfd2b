import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EMPTY_ROOT, merkleRoot, sha256Hex } from './merkle.js';
import {
  firstGenerationNodeIntentRoot,
  nodeIntentMerkleRoot,
  type PostedNodeIntent,
} from './node-intent-digest.js';

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

describe('firstGenerationNodeIntentRoot', () => {
  it('is the agent’s form of the public vector (contract 2.11)', () => {
    expect(firstGenerationNodeIntentRoot([P1])).toBe(
      '6dd0f765802d65a162ad8c3f850eabbb51596f2866f639c3c56ae6dc7029ea4f',
    );
  });

  it('is the recorded one for two, missing texts and numbers being empty and 0', () => {
    const p2 = { policyID: 'p2', nodeID: 'other', commandRegex: '', priority: 1, executionTime: 0 };
    const p3 = { policyID: 'p3', nodeID: '', commandRegex: '^postgres$', priority: 2, executionTime: 7 };

    expect(firstGenerationNodeIntentRoot([p2, p3])).toBe(
      '797499b57a1f98596b8fe7b25e13575ed40eea31fecbccc02c41f5c0c5c83fe7',
    );
  });

  it('sorts by policy before node, and is the empty root without intents', () => {
    const first = { ...P1, policyID: 'a', nodeID: 'z' };
    const second = { ...P1, policyID: 'b', nodeID: 'a' };

    expect(firstGenerationNodeIntentRoot([second, first])).toBe(
      merkleRoot([firstGenerationNodeIntentRoot([first]), firstGenerationNodeIntentRoot([second])]),
    );
    expect(firstGenerationNodeIntentRoot([])).toBe(EMPTY_ROOT);
  });
});
