import type { Intent } from './intent.js';
import { merkleRoot, sha256Hex } from './merkle.js';

/** The eight public fields that the public merkle root covers (contract 2.9). */
export type PublicIntent = Pick<
  Intent,
  | 'podName'
  | 'podID'
  | 'nodeID'
  | 'k8sNamespace'
  | 'commandRegex'
  | 'priority'
  | 'executionTime'
  | 'podLabels'
>;

/** Integers beyond 2^53 stay exact: the root is over the values as posted. */
export type PostedIntent = Omit<PublicIntent, 'priority' | 'executionTime'> & {
  readonly priority: number | bigint;
  readonly executionTime: number | bigint;
};

const LEAF_NAMES = [
  'podName',
  'podID',
  'nodeID',
  'k8sNamespace',
  'commandRegex',
  'priority',
  'executionTime',
  'podLabels',
] as const;

/**
 * The public merkle root of a set, in whatever order it comes (contract 2.9). Separators are not escaped, so
 * different intents can share a leaf: it is the public form and stays as it is. Use intentSetDigest to compare.
 */
export function intentMerkleRoot(intents: readonly PostedIntent[]): string {
  const leaves = intents.map((intent) => {
    const values = leafValues(intent);
    const text = LEAF_NAMES.map((name, index) => `${name}=${values[index]}`).join('|');
    return { sortKey: values.join('|'), hash: sha256Hex(text) };
  });
  return merkleRoot(sortedByBytes(leaves, ({ sortKey }) => sortKey).map(({ hash }) => hash));
}

function leafValues(intent: PostedIntent): string[] {
  const labels = Object.entries(intent.podLabels).map(([key, value]) => `${key}=${value}`);
  return [
    intent.podName,
    intent.podID,
    intent.nodeID,
    intent.k8sNamespace,
    intent.commandRegex,
    String(intent.priority),
    String(intent.executionTime),
    sortedTexts(labels).join(','),
  ];
}

/**
 * Our digest of a node's full set: SHA-256 over every field of every intent in one canonical form. An intent is
 * a JSON array of its fields in a fixed order, which leaves no room for two intents with one text; the set is
 * these lines sorted by bytes and joined by line feeds, under the node's name. The order of the list does not
 * count, because the precedence rule, not the order, decides.
 */
export function intentSetDigest(nodeName: string, intents: readonly Intent[]): string {
  const lines = intents.map(canonicalLine);
  return sha256Hex([JSON.stringify(nodeName), ...sortedTexts(lines)].join('\n'));
}

function canonicalLine(intent: Intent): string {
  return JSON.stringify([
    intent.id,
    intent.strategyID,
    intent.strategyCreatedTime,
    intent.precedence,
    intent.podName,
    intent.podID,
    intent.nodeID,
    intent.k8sNamespace,
    intent.commandRegex,
    intent.commandTarget,
    intent.priority,
    intent.executionTime,
    intent.threads,
    sortedTexts(intent.containerNames),
    sortedTexts(intent.containers.map((container) => JSON.stringify([container.name, container.id]))),
    sortedTexts(Object.entries(intent.podLabels).map((label) => JSON.stringify(label))),
  ]);
}

/**
 * Go and the kernel compare strings by bytes; JavaScript compares UTF-16 units, which differs only where there are
 * surrogates.
 */
function sortedByBytes<Item>(items: readonly Item[], textOf: (item: Item) => string): readonly Item[] {
  if (items.length < 2) return items;
  if (!items.some((item) => SURROGATE.test(textOf(item)))) {
    return items.toSorted((a, b) => compareUnits(textOf(a), textOf(b)));
  }
  return items
    .map((item) => ({ item, bytes: Buffer.from(textOf(item)) }))
    .sort((a, b) => Buffer.compare(a.bytes, b.bytes))
    .map(({ item }) => item);
}

const SURROGATE = /[\uD800-\uDFFF]/;

function compareUnits(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

function sortedTexts(texts: readonly string[]): readonly string[] {
  return sortedByBytes(texts, (text) => text);
}
