import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Intent } from './intent.js';
import golden from './intent-digest.golden.json' with { type: 'json' };
import { intentMerkleRoot, intentSetDigest, type PostedIntent } from './intent-digest.js';
import { merkleRoot } from './merkle.js';

/** JSON has no room for integers beyond 2^53: the golden file holds their digits. */
function posted(vector: (typeof golden)[number]): PostedIntent[] {
  return vector.intents.map((intent) => ({
    ...intent,
    podLabels: intent.podLabels as Record<string, string>,
    executionTime:
      typeof intent.executionTime === 'string' ? BigInt(intent.executionTime) : intent.executionTime,
  }));
}

function anIntent(overrides: Partial<Intent> = {}): Intent {
  return {
    id: 'a'.repeat(24),
    strategyID: 'b'.repeat(24),
    strategyCreatedTime: 1,
    precedence: 0,
    podName: 'web-1',
    podID: 'u1',
    nodeID: 'n1',
    k8sNamespace: 'default',
    commandRegex: '',
    commandTarget: 'comm',
    priority: 10,
    executionTime: 0,
    threads: false,
    containerNames: [],
    containers: [],
    podLabels: {},
    ...overrides,
  };
}

describe('intentMerkleRoot', () => {
  it.each(golden)('agrees with the public vector: $name ($source)', (vector) => {
    expect(intentMerkleRoot(posted(vector))).toBe(vector.root);
  });

  it('is the same for every order of the set', () => {
    const vector = golden.find((candidate) => candidate.intents.length >= 5);
    const intents = vector === undefined ? [] : posted(vector);
    expect(intents.length).toBeGreaterThanOrEqual(5);

    fc.assert(
      fc.property(fc.shuffledSubarray(intents, { minLength: intents.length }), (shuffled) => {
        expect(intentMerkleRoot(shuffled)).toBe(vector?.root);
      }),
    );
  });
});

describe('the order of bytes', () => {
  /** As the contract words it (2.9, step 4), without any short cut. */
  function plainRoot(intents: readonly PostedIntent[]): string {
    const leaves = intents.map((intent) => ({
      key: Buffer.from(`${intent.podName}|||||0|0|`),
      hash: intentMerkleRoot([intent]),
    }));
    return merkleRoot(leaves.sort((a, b) => Buffer.compare(a.key, b.key)).map(({ hash }) => hash));
  }

  it('decides, whatever the texts hold', () => {
    const name = fc.string({
      unit: fc.constantFrom('a', 'z', 'é', '\uD7FF', '\uE000', '\uFFFD', '😀', '\uD800'),
    });
    const intents = fc.uniqueArray(name, { maxLength: 12 }).map((names) =>
      names.map((podName) => ({
        podName,
        podID: '',
        nodeID: '',
        k8sNamespace: '',
        commandRegex: '',
        priority: 0,
        executionTime: 0,
        podLabels: {},
      })),
    );
    fc.assert(
      fc.property(intents, (some) => {
        expect(intentMerkleRoot(some)).toBe(plainRoot(some));
      }),
    );
  });
});

describe('intentSetDigest', () => {
  it('is the same for every order of intents, labels, containers and container names', () => {
    const one = anIntent({
      podLabels: { a: '1', b: '2' },
      containerNames: ['x', 'y'],
      containers: [
        { name: 'x', id: '1' },
        { name: 'y', id: '2' },
      ],
    });
    const same = anIntent({
      podLabels: { b: '2', a: '1' },
      containerNames: ['y', 'x'],
      containers: [
        { name: 'y', id: '2' },
        { name: 'x', id: '1' },
      ],
    });
    const other = anIntent({ podName: 'web-2' });

    expect(intentSetDigest('n1', [one, other])).toBe(intentSetDigest('n1', [other, same]));
  });

  it.each<[keyof Intent, Partial<Intent>]>([
    ['id', { id: 'c'.repeat(24) }],
    ['strategyID', { strategyID: 'c'.repeat(24) }],
    ['strategyCreatedTime', { strategyCreatedTime: 2 }],
    ['precedence', { precedence: 1 }],
    ['podName', { podName: 'web-2' }],
    ['podID', { podID: 'u2' }],
    ['nodeID', { nodeID: 'n2' }],
    ['k8sNamespace', { k8sNamespace: 'other' }],
    ['commandRegex', { commandRegex: 'x' }],
    ['commandTarget', { commandTarget: 'exe' }],
    ['priority', { priority: 3 }],
    ['executionTime', { executionTime: 5 }],
    ['threads', { threads: true }],
    ['containerNames', { containerNames: ['x'] }],
    ['containers', { containers: [{ name: 'x', id: '1' }] }],
    ['podLabels', { podLabels: { a: '1' } }],
  ])('changes when %s changes', (_field, change) => {
    expect(intentSetDigest('n1', [anIntent(change)])).not.toBe(intentSetDigest('n1', [anIntent()]));
  });

  it('tells apart sets whose public leaves are the same text', () => {
    const joined = anIntent({ podLabels: { a: '1,b=2' } });
    const apart = anIntent({ podLabels: { a: '1', b: '2' } });

    expect(intentMerkleRoot([joined])).toBe(intentMerkleRoot([apart]));
    expect(intentSetDigest('n1', [joined])).not.toBe(intentSetDigest('n1', [apart]));
  });

  it('belongs to one node', () => {
    expect(intentSetDigest('n1', [])).not.toBe(intentSetDigest('n2', []));
  });
});
