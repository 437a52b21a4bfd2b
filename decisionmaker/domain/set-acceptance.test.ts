import { describe, expect, it } from 'vitest';
import { DomainError } from '../../shared/domain/domain-error.js';
import { intentMerkleRoot, intentSetDigest } from '../../shared/domain/intent-digest.js';
import { EMPTY_ROOT } from '../../shared/domain/merkle.js';
import { aKnownSet, anIntent, aPostedSet, NODE, POD_UID } from '../../tests/support/agent-builders.js';
import type { KnownIntentSet } from './intent-set.js';
import {
  acceptPostedSet,
  emptySet,
  type PostedSet,
  restoreStoredSet,
  versionOf,
  withoutPod,
} from './set-acceptance.js';

function accept(
  posted: PostedSet,
  current?: KnownIntentSet,
  maxIntents = 20_000,
): KnownIntentSet | undefined {
  return acceptPostedSet(posted, { nodeName: NODE, current, maxIntents, nowMs: 5_000 });
}

function refusalOf(work: () => unknown): DomainError {
  try {
    work();
  } catch (error) {
    if (error instanceof DomainError) return error;
    throw error;
  }
  throw new Error('expected a refusal');
}

describe('acceptPostedSet', () => {
  it('takes a first set of any version', () => {
    const intents = [anIntent(), anIntent({ strategyID: 'b'.repeat(24) })];

    const set = accept(aPostedSet(intents, { epoch: 7, generation: 3 }));

    expect(set).toMatchObject({ nodeName: NODE, epoch: 7, generation: 3, intents, acceptedAtMs: 5_000 });
    expect(set?.merkleRoot).toBe(intentMerkleRoot(intents));
  });

  it.each([
    ['a later generation', 2, 4],
    ['a later epoch, which counts from one again', 3, 1],
  ])('takes %s', (_title, epoch, generation) => {
    const current = aKnownSet([anIntent()], { epoch: 2, generation: 3 });

    expect(accept(aPostedSet([], { epoch, generation }), current)).toMatchObject({ epoch, generation });
  });

  it('does nothing for the very set that is held', () => {
    const posted = aPostedSet([anIntent()]);
    const current = accept(posted);

    expect(accept(posted, current)).toBeUndefined();
  });

  it.each([
    ['an older generation', 2, 2],
    ['an older epoch, however high its generation', 1, 99],
    ['the same version with other content', 2, 3],
  ])('refuses %s and tells the version held', (_title, epoch, generation) => {
    const current = aKnownSet([anIntent()], { epoch: 2, generation: 3 });

    const refusal = refusalOf(() => accept(aPostedSet([], { epoch, generation }), current));

    expect(refusal.code).toBe('conflict');
    expect(refusal.data).toEqual({ epoch: 2, generation: 3, digest: current.digest });
  });

  it('refuses a set for another node', () => {
    const refusal = refusalOf(() => accept(aPostedSet([], { nodeName: 'node-2' })));

    expect(refusal.details).toEqual([
      { field: 'nodeName', reason: 'must be "node-1", this node\'s name, found "node-2"' },
    ]);
  });

  it.each([
    [['nodeName']],
    [['epoch']],
    [['generation']],
    [['digest']],
    [['epoch', 'generation']],
    [['nodeName', 'epoch', 'digest']],
    [['nodeName', 'epoch', 'generation', 'digest']],
  ])('refuses a set that lacks %j', (missing) => {
    const posted = Object.fromEntries(
      Object.entries(aPostedSet([anIntent()])).filter(([key]) => !missing.includes(key)),
    ) as unknown as PostedSet;

    const refusal = refusalOf(() => accept(posted));

    expect(refusal.code).toBe('invalid');
    expect(refusal.details.map((fault) => fault.field)).toEqual(missing);
  });

  it('names the setting for sets without a version once', () => {
    const { message } = refusalOf(() => accept({ intents: [] }));

    expect(message.split('auth.legacy_manager')).toHaveLength(2);
  });

  it.each([
    ['epoch', -1],
    ['generation', 2n ** 60n],
  ])('refuses a %s of %s', (key, value) => {
    const refusal = refusalOf(() => accept({ ...aPostedSet([]), [key]: value }));

    expect(refusal.details.map((fault) => fault.field)).toEqual([key]);
  });

  it('lists every fault of every item', () => {
    const intents = [
      anIntent(),
      anIntent({ priority: 21, commandRegex: '(' }),
      anIntent({ nodeID: 'node-2', executionTime: 99_999, podID: '', id: '', strategyID: '' }),
      anIntent({ priority: -1, executionTime: 1_000_000_001, containerNames: [''] }),
      anIntent({ commandRegex: 'a'.repeat(257), precedence: Number.MAX_VALUE }),
    ];

    const refusal = refusalOf(() => accept(aPostedSet(intents)));

    expect(refusal.code).toBe('invalid');
    expect(refusal.details.map((fault) => fault.field)).toEqual([
      'intents[1].priority',
      'intents[1].commandRegex',
      'intents[2].id',
      'intents[2].strategyID',
      'intents[2].podID',
      'intents[2].nodeID',
      'intents[2].executionTime',
      'intents[3].priority',
      'intents[3].executionTime',
      'intents[3].containerNames',
      'intents[4].precedence',
      'intents[4].commandRegex',
    ]);
  });

  it('counts the faults of a set that has nothing but faults', () => {
    const intents = Array.from({ length: 500 }, () => anIntent({ priority: 99 }));

    const refusal = refusalOf(() => accept(aPostedSet(intents)));

    expect(refusal.details).toHaveLength(101);
    expect(refusal.details.at(-1)).toEqual({ field: 'intents', reason: '400 more faults' });
  });

  it.each(['(a*)*$', '(x+x+)+y', '.*.*.*.*=', '(a{1,100}){1,5}'])(
    'never refuses %s for being slow: no pattern that compiles is',
    (commandRegex) => {
      expect(accept(aPostedSet([anIntent({ commandRegex })]))?.intents).toHaveLength(1);
    },
  );

  it('refuses a digest that is not that of the set', () => {
    const refusal = refusalOf(() => accept(aPostedSet([anIntent()], { digest: 'f'.repeat(64) })));

    expect(refusal.details.map((fault) => fault.field)).toEqual(['digest']);
  });

  it('fills what an item leaves out before it compares the digest', () => {
    const intent = anIntent({ priority: 10, executionTime: 0, precedence: 0, containers: [] });
    const { podName, podID, nodeID, k8sNamespace, commandRegex, podLabels } = intent;
    const { id, strategyID, strategyCreatedTime } = intent;
    const terse = {
      podName,
      podID,
      nodeID,
      k8sNamespace,
      commandRegex,
      podLabels,
      id,
      strategyID,
      strategyCreatedTime,
    };

    expect(accept({ ...aPostedSet([intent]), intents: [terse] })?.intents).toEqual([intent]);
  });

  it('refuses more items than the limit', () => {
    const refusal = refusalOf(() => accept(aPostedSet([anIntent(), anIntent()]), undefined, 1));

    expect(refusal.code).toBe('too_large');
  });
});

describe('a changed set', () => {
  it('loses every intent of a pod, of whichever strategy, and keeps its version', () => {
    const kept = anIntent({ podID: 'other' });
    const set = aKnownSet([anIntent(), kept, anIntent({ strategyID: 'b'.repeat(24) })], { generation: 9 });

    const smaller = withoutPod(set, POD_UID, 7_000);

    expect(smaller?.intents).toEqual([kept]);
    expect(smaller).toMatchObject({ epoch: 1, generation: 9, digest: intentSetDigest(NODE, [kept]) });
    expect(withoutPod(set, 'unknown', 7_000)).toBeUndefined();
  });

  it('is known and empty after everything was deleted, and older sets stay refused', () => {
    const emptied = emptySet(aKnownSet([anIntent()], { epoch: 2, generation: 5 }), NODE, 7_000);

    expect(emptied).toMatchObject({ epoch: 2, generation: 5, intents: [], merkleRoot: EMPTY_ROOT });
    expect(refusalOf(() => accept(aPostedSet([], { epoch: 2, generation: 4 }), emptied)).code).toBe(
      'conflict',
    );
    expect(versionOf(emptySet(undefined, NODE, 1))).toEqual({
      epoch: 0,
      generation: 0,
      digest: intentSetDigest(NODE, []),
    });
  });
});

describe('restoreStoredSet', () => {
  it('brings back what was held', () => {
    const set = aKnownSet([anIntent(), anIntent({ podID: 'x' })]);

    const { byPod: _compiled, ...stored } = set;

    expect(restoreStoredSet(JSON.parse(JSON.stringify(stored)), NODE)).toMatchObject(stored);
  });

  it('refuses a set of another node, and one whose content is not what its digest says', () => {
    const set = aKnownSet([anIntent()]);

    expect(refusalOf(() => restoreStoredSet(set, 'node-2')).details[0]?.field).toBe('nodeName');
    expect(refusalOf(() => restoreStoredSet({ ...set, intents: [] }, NODE)).details[0]?.field).toBe('digest');
  });
});
