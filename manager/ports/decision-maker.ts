import type { IntentSet, SetVersion } from '../../shared/domain/intent.js';
import type { AgentEndpoint } from '../domain/cluster.js';

/** What an agent says about itself before the first set. */
export interface AgentGreeting {
  /** False for a first-generation agent, which knows no fenced sets. */
  readonly knowsFencedSets: boolean;
  /** The set it holds; undefined when it knows none. */
  readonly set: SetVersion | undefined;
}

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
 * rejects with `unavailable` and the reason when the agent cannot be reached or refuses.
 */
export interface DecisionMaker {
  greet(agent: AgentEndpoint, signal: AbortSignal): Promise<AgentGreeting>;
  replaceSet(agent: AgentEndpoint, set: IntentSet, signal: AbortSignal): Promise<SetAnswer>;
  /** The set the agent holds, for the sweep. */
  heldSet(agent: AgentEndpoint, signal: AbortSignal): Promise<SetVersion | undefined>;
  podProcesses(agent: AgentEndpoint, signal: AbortSignal): Promise<readonly PodProcesses[]>;
}
