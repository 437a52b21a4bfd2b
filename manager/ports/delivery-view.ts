import type { Intent, SetVersion } from '../../shared/domain/intent.js';
import type { IntentStatus } from '../domain/intent-status.js';
import type { NodeIntent } from '../domain/node-intent.js';
import type { AgentGeneration } from './decision-maker.js';

/** How far a node is. */
export interface NodeDelivery {
  readonly nodeName: string;
  readonly state: 'Pending' | 'Sent' | 'Applied' | 'Failed' | 'NoAgent';
  /** What the node's agent turned out to be; undefined until it was asked. */
  readonly generation: AgentGeneration | undefined;
  /** Undefined also for an agent of the first generation, which knows no versions. */
  readonly acknowledged: SetVersion | undefined;
  /** What an agent of the first generation acknowledged with. */
  readonly acknowledgedRoot: string | undefined;
  /** Unix milliseconds. */
  readonly acknowledgedAtMs: number | undefined;
  readonly failures: number;
  readonly lastError: string | undefined;
  readonly nextTryAtMs: number | undefined;
  readonly intents: number;
  /** Of these, how many an agent of the first generation must not get. */
  readonly withheld: number;
  readonly nodeIntents: NodeIntentDelivery;
}

/** How far a node is with its node intents, which go to it beside the set. */
export interface NodeIntentDelivery {
  /** `Unsupported` = the agent does not know node intents. */
  readonly state: NodeDelivery['state'] | 'Unsupported';
  readonly intents: number;
  /** What the agent acknowledged with. */
  readonly acknowledgedRoot: string | undefined;
  /** Unix milliseconds. */
  readonly acknowledgedAtMs: number | undefined;
  readonly failures: number;
  readonly lastError: string | undefined;
  readonly nextTryAtMs: number | undefined;
}

export interface PlannedIntent {
  readonly intent: Intent;
  readonly status: IntentStatus;
}

export interface PlannedNodeIntent {
  readonly intent: NodeIntent;
  readonly status: IntentStatus;
}

/** What was planned and how far its delivery is. In memory: it is derived anew at every start. */
export interface DeliveryView {
  plannedIntents(): Iterable<PlannedIntent>;
  plannedNodeIntents(): Iterable<PlannedNodeIntent>;
  node(nodeName: string): NodeDelivery;
}
