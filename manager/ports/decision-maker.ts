import type { IntentSet, SetVersion } from '../../shared/domain/intent.js';
import type { PublicIntent } from '../../shared/domain/intent-digest.js';
import type { AgentEndpoint } from '../domain/cluster.js';
import type { NodeIntentItem } from '../domain/node-intent.js';

/** What an agent can hold: `first` = sets without a version, known by their public merkle root only (DESIGN 9). */
export type AgentGeneration = 'first' | 'current';

/** What an agent says about itself before the first set. */
export type AgentGreeting =
  | {
      readonly generation: 'current';
      /** The set it holds; undefined when it knows none. */
      readonly set: SetVersion | undefined;
    }
  | {
      readonly generation: 'first';
      /** The public merkle root of what it holds. */
      readonly root: string;
    };

export type SetAnswer =
  | { readonly kind: 'acknowledged'; readonly version: SetVersion }
  /** The agent holds a newer set, or another one under the same pair. */
  | { readonly kind: 'outdated'; readonly held: SetVersion };

/** A process of a pod, as the node sees it now. */
export interface PodProcess {
  readonly pid: number;
  readonly command: string;
  readonly parentPid: number | undefined;
  readonly containerId: string | undefined;
}

export interface PodProcesses {
  readonly podUid: string;
  readonly processes: readonly PodProcess[];
}

/**
 * Talks to one node's agent. Every call ends within the configured time limit or when the signal aborts, and
 * rejects with `unavailable` and the reason when the agent cannot be reached or refuses. A call that changes the
 * agent never asks for other rights than the last greeting proved: after a refusal the agent must be greeted again,
 * because it may be another program than it was.
 */
export interface DecisionMaker {
  greet(agent: AgentEndpoint, signal: AbortSignal): Promise<AgentGreeting>;
  replaceSet(agent: AgentEndpoint, set: IntentSet, signal: AbortSignal): Promise<SetAnswer>;
  /** The set an agent of the current generation holds, for the sweep. */
  heldSet(agent: AgentEndpoint, signal: AbortSignal): Promise<SetVersion | undefined>;
  /** For an agent of the first generation: the whole list, in the order in which the agent shall serve it. */
  replaceLegacySet(
    agent: AgentEndpoint,
    intents: readonly PublicIntent[],
    signal: AbortSignal,
  ): Promise<void>;
  /** The public merkle root of what an agent of the first generation holds. */
  legacyRoot(agent: AgentEndpoint, signal: AbortSignal): Promise<string>;
  /**
   * The public merkle root of the node intents that an agent holds, in either of its two forms; the empty text when it
   * was never given any, undefined when it does not know node intents at all.
   */
  nodeIntentRoot(agent: AgentEndpoint, signal: AbortSignal): Promise<string | undefined>;
  /** Puts these in place of all node intents of the agent. They carry no version: the last sender wins. */
  replaceNodeIntents(
    agent: AgentEndpoint,
    items: readonly NodeIntentItem[],
    signal: AbortSignal,
  ): Promise<void>;
  podProcesses(agent: AgentEndpoint, signal: AbortSignal): Promise<readonly PodProcesses[]>;
  /** The node has no agent any more: nothing about it needs to be kept. */
  forget(nodeName: string): void;
}
