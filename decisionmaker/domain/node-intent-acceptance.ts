import type { PatternResult } from '../../shared/domain/command-pattern.js';
import { DomainError, type Fault, invalid } from '../../shared/domain/domain-error.js';
import { nodeIntentMerkleRoot, type PostedNodeIntent } from '../../shared/domain/node-intent-digest.js';
import { DEFAULT_PRIORITY } from '../../shared/domain/scheduling-values.js';
import { compilePatterns, firstFaults, isSlice, priorityFault, sliceFault } from './intent-checks.js';
import type { KnownNodeIntents, StoredNodeIntent, StoredNodeIntents } from './node-intent.js';
import { adoptNumbers, numbersAsPosted } from './posted-numbers.js';

/** A node intent as it was posted: of the right types, its values not yet judged. */
export interface PostedPolicy {
  readonly policyID: string;
  readonly nodeID: string;
  readonly commandRegex: string;
  readonly priority?: number | bigint | undefined;
  readonly executionTime?: number | bigint | undefined;
}

export interface NodeIntentContext {
  readonly nodeName: string;
  readonly maxIntents: number;
  /** Whether values are taken as first-generation managers send them, and made usable. */
  readonly acceptsLegacy: boolean;
}

/**
 * What is kept of posted node intents. They carry no version, so there is no order to judge. Throws `too_large`,
 * or `invalid` with every fault where first-generation managers are not expected; then nothing changes.
 */
export function acceptPolicies(
  policies: readonly PostedPolicy[],
  { nodeName, maxIntents, acceptsLegacy }: NodeIntentContext,
): StoredNodeIntents {
  if (policies.length > maxIntents) {
    throw new DomainError(
      'too_large',
      `at most ${maxIntents} node intents may be posted, found ${policies.length}`,
    );
  }
  if (!acceptsLegacy) checkPolicies(policies, nodeName);
  return { intents: policies.map(adopted) };
}

function adopted({ policyID, nodeID, commandRegex, ...numbers }: PostedPolicy): StoredNodeIntent {
  return { policyID, nodeID, commandRegex, ...adoptNumbers(numbers) };
}

function checkPolicies(policies: readonly PostedPolicy[], nodeName: string): void {
  const patterns = compilePatterns(policies);
  const faults = policies.flatMap((policy, index) =>
    faultsOf(policy, nodeName, patterns.get(policy.commandRegex)).map(({ field, reason }) => ({
      field: `policies[${index}].${field}`,
      reason,
    })),
  );
  if (faults.length > 0) throw invalid(firstFaults(faults, 'policies'));
}

function faultsOf(policy: PostedPolicy, nodeName: string, pattern: PatternResult | undefined): Fault[] {
  const faults: Fault[] = [];
  if (policy.policyID === '') faults.push({ field: 'policyID', reason: 'must not be empty' });
  if (policy.nodeID !== nodeName) {
    const reason = `must be ${nodeName}, this node's name, found ${JSON.stringify(policy.nodeID)}`;
    faults.push({ field: 'nodeID', reason });
  }
  faults.push(...priorityFault(Number(policy.priority ?? DEFAULT_PRIORITY)));
  faults.push(...sliceFault(Number(policy.executionTime ?? 0)));
  if (pattern?.ok === false) faults.push({ field: 'commandRegex', reason: pattern.reason });
  return faults;
}

/** The kept node intents without those of a policy. */
export function withoutPolicy({ intents }: StoredNodeIntents, policyID: string): StoredNodeIntents {
  return { intents: intents.filter((intent) => intent.policyID !== policyID) };
}

/** Makes kept node intents ready to be told and matched. */
export function knownNodeIntents({ intents }: StoredNodeIntents): KnownNodeIntents {
  return { intents, merkleRoot: nodeIntentMerkleRoot(intents.map(asPosted)) };
}

function asPosted({ posted, ...intent }: StoredNodeIntent): PostedNodeIntent {
  return posted === undefined ? intent : { ...intent, ...numbersAsPosted({ ...intent, posted }) };
}

/** Throws `invalid` when what was read from disk is not what this agent could have kept. */
export function restoreNodeIntents(stored: StoredNodeIntents): StoredNodeIntents {
  const isUsable = stored.intents.every(
    ({ priority, executionTime }) => priorityFault(priority).length === 0 && isSlice(executionTime),
  );
  if (isUsable) return stored;
  throw invalid([{ field: 'intents', reason: 'must hold priorities and slices in their range' }]);
}
