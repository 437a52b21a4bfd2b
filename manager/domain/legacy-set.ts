import type { Intent } from '../../shared/domain/intent.js';
import { intentMerkleRoot, type PublicIntent } from '../../shared/domain/intent-digest.js';
import { sha256Hex } from '../../shared/domain/merkle.js';
import { servedPriority, servedSliceNs } from '../../shared/domain/scheduling-values.js';
import type { NodeSet } from './node-set.js';

/**
 * A node's set as an agent of the first generation can hold it: the eight public fields of each intent, weakest
 * first, because such an agent lists a process once for every intent that matches and the scheduler keeps the last.
 */
export interface LegacySet {
  readonly intents: readonly PublicIntent[];
  /** The public merkle root over what is sent: the only thing by which such an agent can be asked what it holds. */
  readonly root: string;
  /** Differs when the items or their order do; the root does not know the order. */
  readonly fingerprint: string;
  /** How many of the node's intents stay here. */
  readonly withheld: number;
}

export function legacySet(set: NodeSet): LegacySet {
  const intents = set.intents.filter((intent) => whyWithheld(intent) === undefined).map(publicIntent);
  return {
    intents,
    root: intentMerkleRoot(intents),
    fingerprint: sha256Hex(JSON.stringify(intents)),
    withheld: set.intents.length - intents.length,
  };
}

/**
 * Why an agent of the first generation must not get this intent; undefined when it may. It ignores what it does not
 * know, so an intent that leaves out containers, or looks at more than comm, would there reach processes that nobody
 * meant. Without a pattern the target does not matter. `threads` only adds to what such an agent lists.
 */
export function whyWithheld({ containerNames, commandRegex, commandTarget }: Intent): string | undefined {
  if (containerNames.length > 0) return tooOld('would not keep to containerNames');
  if (commandRegex !== '' && commandTarget !== 'comm') {
    return tooOld(`would match comm where commandTarget is ${commandTarget}`);
  }
  return undefined;
}

function tooOld(what: string): string {
  return `agent too old: the node's decision maker is of the first generation and ${what}; update it`;
}

/** Such an agent hands the numbers on as they are, so the ones that schedulers disagree about are settled here. */
function publicIntent(intent: Intent): PublicIntent {
  const { podName, podID, nodeID, k8sNamespace, commandRegex, podLabels } = intent;
  return {
    podName,
    podID,
    nodeID,
    k8sNamespace,
    commandRegex,
    priority: servedPriority(intent.priority, false),
    executionTime: servedSliceNs(intent.executionTime),
    podLabels,
  };
}
