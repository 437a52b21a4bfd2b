import { messageOf } from '../../shared/domain/domain-error.js';
import type { Logger } from '../../shared/observability/logger.js';
import { type AgentEndpoint, isSameAgent } from '../domain/cluster.js';
import type { IntentStatus } from '../domain/intent-status.js';
import {
  isRootOf,
  type NodeIntent,
  type NodeIntentItem,
  type NodeIntentList,
  nodeIntentList,
} from '../domain/node-intent.js';
import type { AgentGeneration, DecisionMaker } from '../ports/decision-maker.js';
import type { NodeIntentDelivery } from '../ports/delivery-view.js';
import { type DeliveryFailure, DeliveryLoop, type DeliveryLoopOptions } from './delivery-loop.js';
import type { DeliveryMetrics } from './delivery-metrics.js';
import type { EpochKeeper } from './epoch-keeper.js';

export interface NodeIntentSyncOptions extends DeliveryLoopOptions {
  readonly decisionMaker: DecisionMaker;
  readonly epoch: EpochKeeper;
  readonly logger: Logger;
  readonly metrics: DeliveryMetrics;
}

/** What the agent last said that it holds. */
interface Acknowledged {
  readonly items: readonly NodeIntentItem[];
  readonly fingerprint: string;
  readonly epoch: number;
  readonly root: string;
  readonly atMs: number;
  readonly intents: ReadonlyMap<string, NodeIntent>;
}

const TOO_OLD = "agent too old: the node's decision maker does not know node intents; update it";

/**
 * The part of a node's deliveries that is about node intents: all of them at once, acknowledged by the root that the
 * agent tells afterwards. They carry no version, so the agent cannot refuse an older manager: this one asks its store
 * before it changes anything. An agent counts as up to date only when it was given the list in this epoch, or was seen
 * with none where none are wanted.
 */
export class NodeIntentSync {
  readonly #options: NodeIntentSyncOptions;
  readonly #logger: Logger;
  readonly #loop: DeliveryLoop;
  #wanted: readonly NodeIntent[] = [];
  /** What is wanted as it would be sent; undefined until it is needed. */
  #list: NodeIntentList | undefined;
  #agent: AgentEndpoint | undefined;
  /** Undefined until the agent was greeted: nothing is asked before. */
  #generation: AgentGeneration | undefined;
  /** It was asked for its root, since it last appeared or something went wrong. */
  #asked = false;
  #isTooOld = false;
  /** The pod that was last reported to be too old: once is enough. */
  #reportedPodUid: string | undefined;
  #acknowledged: Acknowledged | undefined;

  constructor(options: NodeIntentSyncOptions) {
    this.#options = options;
    this.#logger = options.logger;
    this.#loop = new DeliveryLoop(options, {
      isDue: () => this.#mustDeliver(),
      attempt: (signal) => this.#deliver(signal),
      failed: ({ count, reason }, delayMs) => {
        this.#asked = false;
        options.metrics.nodeIntentsFailed();
        this.#logger.warn({ reason, failures: count, delayMs }, 'node intents were not delivered');
      },
    });
  }

  get wanted(): readonly NodeIntent[] {
    return this.#wanted;
  }

  /** What the node should hold and where its agent is; undefined while it has none. */
  offer(wanted: readonly NodeIntent[], agent: AgentEndpoint | undefined): void {
    if (wanted !== this.#wanted) this.#list = undefined;
    this.#wanted = wanted;
    if (!isSameAgent(agent, this.#agent)) {
      this.#generation = undefined;
      this.#askAnew();
      this.#loop.startAnew();
    }
    this.#agent = agent;
    this.#loop.run();
  }

  /** The agent was greeted, and is of this generation. */
  met(agent: AgentEndpoint, generation: AgentGeneration): void {
    if (!isSameAgent(agent, this.#agent)) return;
    if (generation !== this.#generation) {
      this.#list = undefined;
      this.#askAnew();
    }
    this.#generation = generation;
    this.#loop.run();
  }

  /** Asks the agent what it holds; anything but what it acknowledged is sent anew. */
  async sweep(signal: AbortSignal): Promise<void> {
    const agent = this.#agent;
    const acknowledged = this.#acknowledged;
    if (agent === undefined || this.#loop.running) return;
    try {
      if (acknowledged !== undefined && (await this.#stillHolds(agent, acknowledged, signal))) return;
    } catch (error) {
      if (signal.aborted) return;
      this.#logger.warn({ reason: messageOf(error) }, 'agent could not be asked for its node intents');
    }
    // A delivery may have been acknowledged while the agent was asked: then its answer is of the past.
    if (this.#acknowledged === acknowledged && isSameAgent(agent, this.#agent)) {
      this.#acknowledged = undefined;
      this.#askAnew();
    }
    this.#loop.run();
  }

  async #stillHolds(
    agent: AgentEndpoint,
    { items, root: expectedRoot }: Acknowledged,
    signal: AbortSignal,
  ): Promise<boolean> {
    const root = await this.#options.decisionMaker.nodeIntentRoot(agent, signal);
    if (root !== undefined && isRootOf(root, items)) return true;
    this.#options.metrics.nodeIntentsDrifted();
    this.#logger.warn({ root, expectedRoot }, 'agent holds other node intents, sending ours again');
    return false;
  }

  /** Resolves when a delivery under way has ended. Nothing is sent after this. */
  stop(): Promise<void> {
    return this.#loop.stop();
  }

  /** @param greetingFailure Why the agent could not be greeted, where it was not: then nothing can be asked. */
  delivery(greetingFailure: DeliveryFailure | undefined): NodeIntentDelivery {
    const failure = this.#failure(greetingFailure);
    return {
      state: this.#state(failure),
      intents: this.#wanted.length,
      acknowledgedRoot: this.#acknowledged?.root,
      acknowledgedAtMs: this.#acknowledged?.atMs,
      failures: failure?.count ?? 0,
      lastError: failure?.reason,
      nextTryAtMs: failure?.nextTryAtMs,
    };
  }

  /** @param greetingFailure As for `delivery`. */
  statusOf(intent: NodeIntent, greetingFailure: DeliveryFailure | undefined): IntentStatus {
    const failure = this.#failure(greetingFailure);
    const state = this.#state(failure);
    if (state === 'Unsupported') return { state: 'Failed', reason: TOO_OLD, nextTryAtMs: undefined };
    if (state === 'Applied' || this.#isAcknowledged(intent)) return { state: 'Applied' };
    if (state === 'NoAgent') {
      return { state: 'Failed', reason: 'no decision maker is ready on the node', nextTryAtMs: undefined };
    }
    if (failure === undefined) return { state: state === 'Sent' ? 'Sent' : 'Pending' };
    return { state: 'Failed', reason: failure.reason, nextTryAtMs: failure.nextTryAtMs };
  }

  #failure(greetingFailure: DeliveryFailure | undefined): DeliveryFailure | undefined {
    return this.#loop.failure ?? (this.#generation === undefined ? greetingFailure : undefined);
  }

  #state(failure: DeliveryFailure | undefined): NodeIntentDelivery['state'] {
    if (this.#agent === undefined) return 'NoAgent';
    if (this.#isTooOld) return 'Unsupported';
    if (this.#isUpToDate()) return 'Applied';
    if (failure !== undefined) return 'Failed';
    return this.#loop.trying ? 'Sent' : 'Pending';
  }

  #isAcknowledged(intent: NodeIntent): boolean {
    const known = this.#acknowledged?.intents.get(intent.id);
    return known !== undefined && JSON.stringify(known) === JSON.stringify(intent);
  }

  #askAnew(): void {
    this.#asked = false;
    this.#isTooOld = false;
  }

  #isUpToDate(): boolean {
    if (this.#generation === undefined || !this.#asked) return false;
    return this.#wasGiven(this.#listFor(this.#generation));
  }

  #listFor(generation: AgentGeneration): NodeIntentList {
    this.#list ??= nodeIntentList(this.#wanted, generation);
    return this.#list;
  }

  /** It acknowledged this list in this epoch. */
  #wasGiven({ fingerprint }: NodeIntentList): boolean {
    const acknowledged = this.#acknowledged;
    return acknowledged?.epoch === this.#options.epoch.epoch && acknowledged.fingerprint === fingerprint;
  }

  #mustDeliver(): boolean {
    return (
      this.#agent !== undefined &&
      this.#generation !== undefined &&
      !this.#isTooOld &&
      this.#options.epoch.owned &&
      !this.#isUpToDate()
    );
  }

  async #deliver(signal: AbortSignal): Promise<void> {
    const { decisionMaker, epoch } = this.#options;
    const agent = this.#agent;
    if (agent === undefined || this.#generation === undefined) return;
    // Both asked for before the waits: what comes meanwhile must not be counted as acknowledged.
    const sentIn = epoch.epoch;
    const wanted = this.#wanted;
    const list = this.#listFor(this.#generation);
    if (!this.#asked) {
      const root = await decisionMaker.nodeIntentRoot(agent, signal);
      if (!isSameAgent(agent, this.#agent)) return;
      this.#asked = true;
      if (root === undefined) return this.#noteTooOld(agent);
      if (list.items.length === 0 && isRootOf(root, [])) {
        return this.#noteAcknowledged(root, list, wanted, sentIn);
      }
    }
    if (!(await epoch.confirm())) return;
    await decisionMaker.replaceNodeIntents(agent, list.items, signal);
    const root = await decisionMaker.nodeIntentRoot(agent, signal);
    if (root === undefined || !isRootOf(root, list.items)) {
      throw new Error(`the agent told the root ${JSON.stringify(root)} after it took other node intents`);
    }
    if (isSameAgent(agent, this.#agent)) this.#noteAcknowledged(root, list, wanted, sentIn);
  }

  #noteTooOld({ podUid, origin }: AgentEndpoint): void {
    this.#isTooOld = true;
    this.#acknowledged = undefined;
    this.#loop.succeeded();
    if (this.#wanted.length === 0 || podUid === this.#reportedPodUid) return;
    this.#reportedPodUid = podUid;
    this.#logger.warn({ podUid, origin }, 'agent does not know node intents: update it');
  }

  #noteAcknowledged(
    root: string,
    { items, fingerprint }: NodeIntentList,
    wanted: readonly NodeIntent[],
    epoch: number,
  ): void {
    const failures = this.#loop.succeeded();
    if (failures > 0) this.#logger.info({ failures }, 'delivery of node intents recovered');
    const intents = new Map(wanted.map((intent) => [intent.id, intent]));
    this.#acknowledged = { items, fingerprint, epoch, root, atMs: this.#options.clock.now(), intents };
  }
}
