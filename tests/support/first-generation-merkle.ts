import { createHash } from 'node:crypto';

/** An intent as the agent keeps it: the eight fields it knows, with Go's zero values. */
export interface HeldIntent {
  readonly podName: string;
  readonly podID: string;
  readonly nodeID: string;
  readonly k8sNamespace: string;
  readonly commandRegex: string;
  readonly priority: number | bigint;
  readonly executionTime: number | bigint;
  readonly podLabels: Readonly<Record<string, string>>;
}

/** As it goes over the wire: a map that was never made goes out as null. */
export type OldIntent = Omit<HeldIntent, 'podLabels'> & {
  readonly podLabels: Readonly<Record<string, string>> | null;
};

/**
 * The public root of a set by the rules of the public contract, written a second time: what the product computes is
 * checked against this, and this against the recordings.
 */
export function merkleRootOf(intents: readonly OldIntent[]): string {
  const leaves = intents.map((intent) => {
    const labels = Object.entries(intent.podLabels ?? {}).map(([key, value]) =>
      Buffer.from(`${key}=${value}`),
    );
    const fields: [string, string][] = [
      ['podName', intent.podName],
      ['podID', intent.podID],
      ['nodeID', intent.nodeID],
      ['k8sNamespace', intent.k8sNamespace],
      ['commandRegex', intent.commandRegex],
      ['priority', intent.priority.toString()],
      ['executionTime', intent.executionTime.toString()],
      ['podLabels', labels.sort(Buffer.compare).map(String).join(',')],
    ];
    const key = Buffer.from(fields.map(([, value]) => value).join('|'));
    return { key, hash: sha256(fields.map((field) => field.join('=')).join('|')) };
  });
  leaves.sort((a, b) => Buffer.compare(a.key, b.key));
  return (root(leaves.map(({ hash }) => hash)) ?? sha256('')).toString('hex');
}

/** A node intent as the agent keeps it, with Go's zero values. */
export interface HeldNodeIntent {
  readonly policyID: string;
  readonly nodeID: string;
  readonly commandRegex: string;
  readonly priority: number | bigint;
  readonly executionTime: number | bigint;
}

/** The root of node intents as such an agent builds it, policyID first; written a second time, too. */
export function nodeMerkleRootOf(intents: readonly HeldNodeIntent[]): string {
  const leaves = intents.map(({ policyID, nodeID, commandRegex, priority, executionTime }) => ({
    key: Buffer.from(`${policyID}|${nodeID}|${commandRegex}|${priority}|${executionTime}`),
    hash: sha256(
      `policyID=${policyID}|nodeID=${nodeID}|commandRegex=${commandRegex}|priority=${priority}|executionTime=${executionTime}`,
    ),
  }));
  leaves.sort((a, b) => Buffer.compare(a.key, b.key));
  return (root(leaves.map(({ hash }) => hash)) ?? sha256('')).toString('hex');
}

function root(hashes: readonly Buffer[]): Buffer | undefined {
  if (hashes.length <= 1) return hashes[0];
  const pairs = Array.from({ length: Math.ceil(hashes.length / 2) }, (_, index) => {
    const left = hashes[2 * index] as Buffer;
    return sha256(Buffer.concat([left, hashes[2 * index + 1] ?? left]));
  });
  return root(pairs);
}

function sha256(input: string | Buffer): Buffer {
  return createHash('sha256').update(input).digest();
}
