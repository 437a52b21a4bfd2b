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
    return { sortKey: Buffer.from(values.join('|')), hash: sha256Hex(text) };
  });
  leaves.sort((a, b) => Buffer.compare(a.sortKey, b.sortKey));
  return merkleRoot(leaves.map((leaf) => leaf.hash));
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
    sortedByBytes(labels).join(','),
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
  return sha256Hex([JSON.stringify(nodeName), ...sortedByBytes(lines)].join('\n'));
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
    sortedByBytes(intent.containerNames),
    sortedByBytes(intent.containers.map((container) => JSON.stringify([container.name, container.id]))),
    sortedByBytes(Object.entries(intent.podLabels).map((label) => JSON.stringify(label))),
  ]);
}

/** Go and the kernel compare strings by bytes; JavaScript's `<` compares UTF-16 units, which differs. */
function sortedByBytes(texts: readonly string[]): string[] {
  return texts
    .map((text) => ({ text, bytes: Buffer.from(text) }))
    .sort((a, b) => Buffer.compare(a.bytes, b.bytes))
    .map((entry) => entry.text);
}
