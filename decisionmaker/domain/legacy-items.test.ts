import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MAX_PATTERN_LENGTH } from '../../shared/domain/command-pattern.js';
import golden from '../../shared/domain/intent-digest.golden.json' with { type: 'json' };
import { aKnownSet, anIntent, aPostedSet, NODE, POD_UID } from '../../tests/support/agent-builders.js';
import type { PostedItem } from './intent-checks.js';
import type { KnownIntentSet } from './intent-set.js';
import { adjustmentsOf } from './legacy-items.js';
import { acceptPostedSet, restoreStoredSet, withoutPod } from './set-acceptance.js';

function anItem(overrides: Partial<PostedItem> = {}): PostedItem {
  return {
    podName: 'web-1',
    podID: POD_UID,
    nodeID: 'somewhere else',
    k8sNamespace: 'web',
    commandRegex: '',
    podLabels: {},
    ...overrides,
  };
}

function accept(items: readonly PostedItem[], current?: KnownIntentSet): KnownIntentSet | undefined {
  return acceptPostedSet(
    { intents: items },
    { nodeName: NODE, current, maxIntents: 20_000, nowMs: 5_000, acceptsLegacy: true },
  );
}

function accepted(items: readonly PostedItem[], current?: KnownIntentSet): KnownIntentSet {
  const set = accept(items, current);
  if (set === undefined) throw new Error('the set is the one held');
  return set;
}

const throughDisk = ({ byPod: _byPod, merkleRoot: _root, ...stored }: KnownIntentSet) =>
  restoreStoredSet(JSON.parse(JSON.stringify(stored)), NODE);

describe('a set without a version', () => {
  it('keeps epoch and generation, has the digest of its content, and is marked', () => {
    const current = aKnownSet([anIntent()], { epoch: 4, generation: 9 });

    const set = accepted([anItem()], current);

    expect(set).toMatchObject({ epoch: 4, generation: 9, legacy: true, acceptedAtMs: 5_000 });
    expect(set.digest).not.toBe(current.digest);
    expect(accepted([])).toMatchObject({ epoch: 0, generation: 0, intents: [] });
  });

  it('is not refused for another node, a missing id, or anything else that is in it', () => {
    const items = [anItem(), anItem({ podID: '', podName: '', executionTime: -5, priority: 99 })];

    expect(accepted(items).intents).toHaveLength(2);
  });

  it('refuses to be half of each', () => {
    const { nodeName, epoch } = aPostedSet([]);
    const context = { nodeName: NODE, current: undefined, maxIntents: 1, nowMs: 0, acceptsLegacy: true };

    expect(() => acceptPostedSet({ intents: [], nodeName }, context)).toThrow(/epoch.*generation.*digest/);
    expect(() => acceptPostedSet({ intents: [], epoch }, context)).toThrow('nodeName');
  });

  it('is refused under the name of the setting where none are expected', () => {
    const context = { nodeName: NODE, current: undefined, maxIntents: 1, nowMs: 0 };

    expect(() => acceptPostedSet({ intents: [] }, context)).toThrow('auth.legacy_manager');
  });

  it('is bounded as others are', () => {
    const context = { nodeName: NODE, current: undefined, maxIntents: 1, nowMs: 0, acceptsLegacy: true };

    expect(() => acceptPostedSet({ intents: [anItem(), anItem()] }, context)).toThrow('at most 1');
  });

  it('keeps an item whose regex cannot be used, without effect', () => {
    const long = 'a'.repeat(MAX_PATTERN_LENGTH + 1);
    const set = accepted([anItem({ commandRegex: '(' }), anItem({ commandRegex: long }), anItem()]);

    expect(set.intents).toHaveLength(3);
    expect(set.byPod.get(POD_UID)).toHaveLength(1);
    expect(adjustmentsOf(set)).toEqual({ unusablePattern: 2, priority: 3, executionTime: 0 });
  });

  it('counts what it had to change', () => {
    const set = accepted([
      anItem({ priority: 5, executionTime: 5_000_000 }),
      anItem({ priority: 21, executionTime: 5 }),
      anItem({ priority: -1, executionTime: -1 }),
      anItem({ executionTime: 0 }),
    ]);

    expect(adjustmentsOf(set)).toEqual({ unusablePattern: 0, priority: 3, executionTime: 2 });
  });

  it('of equally strong items lets the last decide, which is the one a scheduler keeps', () => {
    const set = accepted([
      anItem({ priority: 3, executionTime: 1_000_000 }),
      anItem({ priority: 3, executionTime: 2_000_000 }),
      anItem({ priority: 4, executionTime: 3_000_000 }),
    ]);

    expect(set.byPod.get(POD_UID)?.map(({ executionTime }) => executionTime)).toEqual([
      2_000_000, 1_000_000, 3_000_000,
    ]);
  });

  it('is nothing new when it is the one held', () => {
    const items = [anItem({ priority: 25 })];

    expect(accept(items, accepted(items))).toBeUndefined();
    // The same decisions, but the sender's root is another one.
    expect(accept([anItem({ priority: 26 })], accepted(items))).toBeDefined();
  });

  it('loses a pod’s items, usable or not, and stays one without a version', () => {
    const set = accepted([anItem({ commandRegex: '(' }), anItem({ podID: 'other', priority: 99 })]);

    const smaller = withoutPod(set, POD_UID, 7_000);

    expect(smaller).toMatchObject({ legacy: true, acceptedAtMs: 7_000 });
    expect(smaller?.merkleRoot).toBe(accepted([anItem({ podID: 'other', priority: 99 })]).merkleRoot);
    expect(withoutPod(set, 'unknown', 7_000)).toBeUndefined();
  });
});

describe('the public root of a legacy set', () => {
  it.each(golden)('is that of the values as posted, also after a restart: $name', ({ intents, root }) => {
    const items = intents.map((intent) =>
      anItem({
        ...intent,
        podLabels: intent.podLabels as unknown as Record<string, string>,
        executionTime:
          typeof intent.executionTime === 'string' ? BigInt(intent.executionTime) : intent.executionTime,
      }),
    );

    const set = accepted(items);

    expect(set.merkleRoot).toBe(root);
    expect(throughDisk(set)).toEqual(set);
  });

  it('takes zero for missing numbers, which decide as 10 and the default slice', () => {
    const missing = accepted([anItem()]);
    const zero = accepted([anItem({ priority: 0, executionTime: 0 })]);

    expect(missing.merkleRoot).toBe(zero.merkleRoot);
    expect([missing.intents[0]?.priority, zero.intents[0]?.priority]).toEqual([10, 0]);
    expect(throughDisk(missing).intents[0]?.priority).toBe(10);
  });

  it('comes back from disk for whatever was posted', () => {
    const wild = fc.oneof(
      fc.constant(undefined),
      fc.integer({ min: -50, max: 50 }),
      fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
    );
    const item = fc
      .record({ priority: wild, executionTime: wild, commandRegex: fc.constantFrom('', '(', 'a|b') })
      .map((fields) => anItem(fields));
    fc.assert(
      fc.property(fc.array(item, { maxLength: 6 }), (items) => {
        const set = accepted(items);
        expect(throughDisk(set)).toEqual(set);
      }),
    );
  });
});

describe('sets with and without a version in turn', () => {
  it('a fenced set takes the place of a legacy one, in the order of fenced sets', () => {
    const fenced = aKnownSet([anIntent()], { epoch: 2, generation: 3 });
    const legacy = accepted([anItem()], fenced);
    const context = { nodeName: NODE, current: legacy, maxIntents: 10, nowMs: 1, acceptsLegacy: true };

    expect(acceptPostedSet(aPostedSet([], { epoch: 2, generation: 4 }), context)).toMatchObject({
      epoch: 2,
      generation: 4,
    });
    expect(acceptPostedSet(aPostedSet([], { epoch: 2, generation: 4 }), context)?.legacy).toBeUndefined();
    expect(() => acceptPostedSet(aPostedSet([], { epoch: 2, generation: 2 }), context)).toThrow('older');
    // What the legacy set displaced is not held any more, so its own manager learns it.
    expect(() => acceptPostedSet(aPostedSet([anIntent()], { epoch: 2, generation: 3 }), context)).toThrow(
      'another digest',
    );
  });
});
