import {
  type CommandPattern,
  compileCommandPattern,
  type PatternResult,
} from '../../shared/domain/command-pattern.js';
import type { CommandTarget, Intent } from '../../shared/domain/intent.js';
import { compareRank, type Ranked } from '../../shared/domain/precedence.js';
import { containerIdOf } from './container-id.js';
import type { NodeIntent } from './node-intent.js';

/** One wish about processes, ready for matching: an intent for those of a pod, a node intent for all of the node. */
export interface DecisionRule {
  /** Place in the order of strength over all rules, 0 = strongest; equal for the intents of one strategy. */
  readonly rank: number;
  /** The strategy's id, or the policy's. */
  readonly strategyID: string;
  /** As it was written; empty for an intent that means every process. */
  readonly commandRegex: string;
  /** undefined = matches whatever the text. */
  readonly pattern: CommandPattern | undefined;
  readonly target: CommandTarget;
  /** The containers it is for; undefined = all of the pod. A name without an id, not started yet, adds none. */
  readonly containerIds: ReadonlySet<string> | undefined;
  readonly priority: number;
  /** Nanoseconds; 0 = default slice. */
  readonly executionTime: number;
  readonly threads: boolean;
  /** Told to the scheduler beside each process; a node intent has none. */
  readonly podLabels: Readonly<Record<string, string>>;
}

/** Everything that is wished for on this node, in the form in which processes are matched. */
export interface DecisionRules {
  /** By pod uid, strongest first. */
  readonly byPod: ReadonlyMap<string, readonly DecisionRule[]>;
  /** For every process of the node, strongest first. */
  readonly ofNode: readonly DecisionRule[];
  /** The pod of each container that the intents name, for cgroups which tell the container alone. */
  readonly podOfContainer: ReadonlyMap<string, string>;
  /** Every regex that was met, for the next compilation to take over. */
  readonly patterns: ReadonlyMap<string, PatternResult>;
}

interface Candidate extends Ranked {
  /** undefined = every process of the node. */
  readonly podUid: string | undefined;
  readonly rule: Omit<DecisionRule, 'rank' | 'strategyID'>;
}

/**
 * Brings intents and node intents into the one order of strength. A node intent has precedence 0 and loses a tie
 * against a pod's intent, which was written with more in mind. A rule with an unusable regex matches nothing.
 *
 * @param known Regexes that were compiled before.
 */
export function compileDecisionRules(
  intents: readonly Intent[],
  nodeIntents: readonly NodeIntent[],
  known: ReadonlyMap<string, PatternResult> = new Map(),
): DecisionRules {
  const patterns = new Map<string, PatternResult>();
  const compiled = (regex: string) => {
    const result = patterns.get(regex) ?? known.get(regex) ?? compileCommandPattern(regex);
    patterns.set(regex, result);
    return result.ok ? result.pattern : undefined;
  };
  const byPod = new Map<string, DecisionRule[]>();
  const ofNode: DecisionRule[] = [];
  for (const { podUid, rule } of ranked([
    ...intents.map(candidateOfIntent),
    ...nodeIntents.filter(({ commandRegex }) => commandRegex !== '').map(candidateOfNodeIntent),
  ])) {
    const pattern = rule.commandRegex === '' ? undefined : compiled(rule.commandRegex);
    if (rule.commandRegex !== '' && pattern === undefined) continue;
    const ready = { ...rule, pattern };
    const ofPod = podUid === undefined ? ofNode : byPod.get(podUid);
    if (ofPod !== undefined) ofPod.push(ready);
    else if (podUid !== undefined) byPod.set(podUid, [ready]);
  }
  return { byPod, ofNode, podOfContainer: podsOfContainers(intents), patterns };
}

function ranked(candidates: readonly Candidate[]): { podUid: string | undefined; rule: DecisionRule }[] {
  let rank = 0;
  let stronger: Candidate | undefined;
  return candidates.toSorted(compareRank).map((candidate) => {
    if (stronger !== undefined && compareRank(stronger, candidate) !== 0) rank++;
    stronger = candidate;
    const { podUid, strategyID, rule } = candidate;
    return { podUid, rule: { ...rule, rank, strategyID } };
  });
}

function candidateOfIntent(intent: Intent): Candidate {
  const { precedence, priority, strategyCreatedTime, strategyID, podID } = intent;
  const { commandRegex, commandTarget, executionTime, threads, podLabels } = intent;
  return {
    ...{ precedence, priority, strategyCreatedTime, strategyID, podUid: podID },
    rule: {
      ...{ commandRegex, pattern: undefined, target: commandTarget, containerIds: containerIdsOf(intent) },
      ...{ priority, executionTime, threads, podLabels },
    },
  };
}

function candidateOfNodeIntent({ policyID, commandRegex, priority, executionTime }: NodeIntent): Candidate {
  return {
    ...{ precedence: 0, priority, strategyCreatedTime: Number.MAX_SAFE_INTEGER, strategyID: policyID },
    podUid: undefined,
    rule: {
      ...{ commandRegex, pattern: undefined, target: 'comm', containerIds: undefined },
      ...{ priority, executionTime, threads: false, podLabels: {} },
    },
  };
}

function containerIdsOf(intent: Intent): ReadonlySet<string> | undefined {
  if (intent.containerNames.length === 0) return undefined;
  const wanted = intent.containers.filter((container) => intent.containerNames.includes(container.name));
  return new Set(wanted.flatMap((container) => containerIdOf(container.id) ?? []));
}

function podsOfContainers(intents: readonly Intent[]): ReadonlyMap<string, string> {
  const pods = new Map<string, string>();
  for (const { podID, containers } of intents) {
    for (const { id } of containers) {
      const containerId = containerIdOf(id);
      if (containerId !== undefined) pods.set(containerId, podID);
    }
  }
  return pods;
}
