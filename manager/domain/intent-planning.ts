import type { Intent } from '../../shared/domain/intent.js';
import { sha256Hex } from '../../shared/domain/merkle.js';
import { compareRank } from '../../shared/domain/precedence.js';
import type { Pod } from './cluster.js';
import type { Grant } from './permission.js';
import type { Strategy } from './strategy.js';
import { whyInactive, whyPodNotMatched } from './strategy-matching.js';

export interface PlanningInput {
  readonly strategies: Iterable<Strategy>;
  readonly pods: Iterable<Pod>;
  /** Unix milliseconds. */
  readonly nowMs: number;
  readonly protectedNamespaces: ReadonlySet<string>;
  /** Ids of intents that a person took away (exclusion.ts). */
  readonly excluded: ReadonlySet<string>;
  /** A user's grants to keep strategies, by user id. */
  readonly grantsOf: (ownerId: string) => readonly Grant[];
}

/**
 * The intents of every node, by node name: one for each active strategy and each pod it matches. Within a node
 * weakest first, so that the winner stands last (DESIGN 4). Nodes without intents are not in the map.
 */
export function planIntents(input: PlanningInput): Map<string, Intent[]> {
  const active = activeStrategies(input);
  const byNode = new Map<string, Intent[]>();
  for (const pod of input.pods) {
    if (pod.nodeName === undefined) continue;
    for (const { strategy, context } of active) {
      if (whyPodNotMatched(strategy, pod, context) !== undefined) continue;
      const intent = intentOf(strategy, pod, pod.nodeName);
      if (input.excluded.has(intent.id)) continue;
      const intents = byNode.get(pod.nodeName) ?? [];
      intents.push(intent);
      byNode.set(pod.nodeName, intents);
    }
  }
  for (const intents of byNode.values()) intents.sort(weakestFirst);
  return byNode;
}

function activeStrategies(input: PlanningInput) {
  return [...input.strategies].flatMap((strategy) => {
    const context = {
      nowMs: input.nowMs,
      protectedNamespaces: input.protectedNamespaces,
      ownerGrants: input.grantsOf(strategy.ownerId),
    };
    return whyInactive(strategy, context) === undefined ? [{ strategy, context }] : [];
  });
}

/** When the plan changes by time alone: the next expiry after `nowMs`, in Unix milliseconds. */
export function nextExpiry(strategies: Iterable<Strategy>, nowMs: number): number | undefined {
  let next: number | undefined;
  for (const { spec } of strategies) {
    if (spec.expiresAt === undefined || spec.expiresAt <= nowMs || !spec.enabled) continue;
    if (next === undefined || spec.expiresAt < next) next = spec.expiresAt;
  }
  return next;
}

function weakestFirst(a: Intent, b: Intent): number {
  return compareRank(b, a) || (a.podID < b.podID ? -1 : 1);
}

function intentOf({ id: strategyID, spec, createdTime }: Strategy, pod: Pod, nodeName: string): Intent {
  return {
    id: intentId(strategyID, pod.uid),
    strategyID,
    strategyCreatedTime: createdTime,
    precedence: spec.precedence,
    podName: pod.name,
    podID: pod.cgroupUid,
    nodeID: nodeName,
    k8sNamespace: pod.namespace,
    commandRegex: spec.commandRegex,
    commandTarget: spec.commandTarget,
    priority: spec.priority,
    executionTime: spec.executionTime,
    threads: spec.threads,
    containerNames: spec.containerNames,
    containers: pod.containers,
    podLabels: pod.labels,
  };
}

/** The id of an intent: the first 24 hex of SHA-256 over strategy id and pod uid, so nothing needs to be stored. */
export function intentId(strategyId: string, podUid: string): string {
  return sha256Hex(`${strategyId}/${podUid}`).slice(0, 24);
}
