import { messageOf } from '../../shared/domain/domain-error.js';
import { compareVersions, type Intent, type SetVersion } from '../../shared/domain/intent.js';
import { type BackoffPolicy, backoffMs } from '../../shared/lifecycle/backoff.js';
import type { Clock } from '../../shared/lifecycle/clock.js';
import type { Logger } from '../../shared/observability/logger.js';
import type { AgentEndpoint } from '../domain/cluster.js';
import type { NodeSet } from '../domain/node-set.js';
import type { DecisionMaker } from '../ports/decision-maker.js';
import type { IntentStatus, NodeDelivery } from '../ports/delivery-view.js';
import type { DeliveryMetrics } from './delivery-metrics.js';
import type { EpochKeeper } from './epoch-keeper.js';
import { GenerationCounter } from './generation-counter.js';

export interface NodeSyncOptions {
  readonly decisionMaker: DecisionMaker;
  readonly epoch: EpochKeeper;
  /** Runs a delivery when fewer than the allowed number run: one dead node must not hold up the others. */
  readonly limit: (delivery: () => Promise<void>) => Promise<void>;
  readonly backoff: BackoffPolicy;
  readonly clock: Clock;
  /** In [0, 1). */
  readonly random: () => number;
  readonly logger: Logger;
  readonly metrics: DeliveryMetrics;
}

/** What the agent last acknowledged. */
interface Acknowledged {
  readonly version: SetVersion;
  readonly atMs: number;
  readonly intents: ReadonlyMap<string, Intent>;
}

/** What went wrong since the last acknowledgement. */
interface Failure {
  readonly count: number;
  readonly reason: string;
  readonly nextTryAtMs: number;
}

/**
 * Brings one node's agent to the set planned for it: the only sender of intents in the product. It holds one
 * wanted set, the newest; while a delivery runs, later ones only replace it. A failure opens the circuit: nothing
 * goes to the node until the back-off is over, then one try. An agent counts as up to date only when it
 * acknowledged this epoch and this digest.
 */
export class NodeSync {
  readonly nodeName: string;
  readonly #options: NodeSyncOptions;
  readonly #logger: Logger;
  readonly #generations = new GenerationCounter();
  readonly #end = new AbortController();
  #wanted: NodeSet | undefined;
  #agent: AgentEndpoint | undefined;
  /** The agent was asked what it can, since it last appeared. */
  #greeted = false;
  #acknowledged: Acknowledged | undefined;
  #failure: Failure | undefined;
  #sending = false;
  #running = false;
  #delivery: Promise<void> = Promise.resolve();
  /** Ends a wait before the next try, when there is reason to try at once. */
  #hurry = new AbortController();

  constructor(nodeName: string, options: NodeSyncOptions) {
    this.nodeName = nodeName;
    this.#options = options;
    this.#logger = options.logger.child({ node: nodeName });
  }

  /** What the node should hold and where its agent is; undefined while it has none. */
  offer(wanted: NodeSet, agent: AgentEndpoint | undefined): void {
    this.#wanted = wanted;
    if (agent?.podUid !== this.#agent?.podUid || agent?.origin !== this.#agent?.origin) {
      this.#greeted = false;
      this.#failure = undefined;
      this.#hurry.abort();
    }
    this.#agent = agent;
    this.#run();
  }

  /** Asks the agent what it holds; anything but what it acknowledged is sent anew. */
  async sweep(signal: AbortSignal): Promise<void> {
    const agent = this.#agent;
    const acknowledged = this.#acknowledged;
    if (agent === undefined || acknowledged === undefined || this.#running) return;
    try {
      const held = await this.#options.decisionMaker.heldSet(agent, signal);
      if (held !== undefined && sameVersion(held, acknowledged.version)) return;
      this.#options.metrics.drifted();
      this.#logger.warn(
        { held, expected: acknowledged.version },
        'agent holds another set, sending ours again',
      );
    } catch (error) {
      if (signal.aborted) return;
      this.#logger.warn({ reason: messageOf(error) }, 'agent could not be swept');
    }
    // A delivery may have been acknowledged while the agent was asked: then its answer is of the past.
    if (this.#acknowledged === acknowledged) this.#acknowledged = undefined;
    this.#run();
  }

  /** Resolves when a delivery under way has ended. Nothing is sent after this. */
  async stop(): Promise<void> {
    this.#end.abort();
    this.#hurry.abort();
    await this.#delivery;
  }

  get wantedIntents(): readonly Intent[] {
    return this.#wanted?.intents ?? [];
  }

  delivery(): NodeDelivery {
    return {
      nodeName: this.nodeName,
      state: this.#state(),
      acknowledged: this.#acknowledged?.version,
      acknowledgedAtMs: this.#acknowledged?.atMs,
      failures: this.#failure?.count ?? 0,
      lastError: this.#failure?.reason,
      nextTryAtMs: this.#failure?.nextTryAtMs,
      intents: this.wantedIntents.length,
    };
  }

  /** An intent can be applied while its node is not: when the last acknowledged set had it already, as it is. */
  statusOf(intent: Intent): IntentStatus {
    const state = this.#state();
    if (state === 'Applied' || this.#isAcknowledged(intent)) return { state: 'Applied' };
    if (state === 'NoAgent') {
      return { state: 'Failed', reason: 'no decision maker is ready on the node', nextTryAtMs: undefined };
    }
    if (this.#failure === undefined) return { state: this.#sending ? 'Sent' : 'Pending' };
    return { state: 'Failed', reason: this.#failure.reason, nextTryAtMs: this.#failure.nextTryAtMs };
  }

  #state(): NodeDelivery['state'] {
    if (this.#agent === undefined) return 'NoAgent';
    if (this.#isUpToDate()) return 'Applied';
    if (this.#failure !== undefined) return 'Failed';
    return this.#sending ? 'Sent' : 'Pending';
  }

  #isAcknowledged(intent: Intent): boolean {
    const known = this.#acknowledged?.intents.get(intent.id);
    return known !== undefined && JSON.stringify(known) === JSON.stringify(intent);
  }

  #isUpToDate(): boolean {
    const version = this.#acknowledged?.version;
    if (version === undefined || !this.#greeted) return false;
    return version.epoch === this.#options.epoch.epoch && version.digest === this.#wanted?.digest;
  }

  #run(): void {
    if (this.#running) return;
    this.#running = true;
    this.#delivery = this.#deliverUntilDone();
  }

  async #deliverUntilDone(): Promise<void> {
    try {
      while (this.#mustDeliver()) {
        await this.#options.limit(() => this.#deliverOnce());
        await this.#waitBeforeRetry();
      }
    } finally {
      // In the same turn as the last look, so that an offer in between cannot be overlooked.
      this.#running = false;
    }
  }

  #mustDeliver(): boolean {
    return (
      !this.#end.signal.aborted &&
      this.#agent !== undefined &&
      this.#wanted !== undefined &&
      this.#options.epoch.owned &&
      !this.#isUpToDate()
    );
  }

  async #deliverOnce(): Promise<void> {
    const agent = this.#agent;
    const wanted = this.#wanted;
    if (agent === undefined || wanted === undefined || !this.#mustDeliver()) return;
    this.#sending = true;
    try {
      if (!this.#greeted) await this.#greet(agent);
      await this.#send(agent, wanted);
    } catch (error) {
      this.#noteFailure(messageOf(error));
    } finally {
      this.#sending = false;
    }
  }

  async #greet(agent: AgentEndpoint): Promise<void> {
    const greeting = await this.#options.decisionMaker.greet(agent, this.#end.signal);
    if (!greeting.knowsFencedSets) {
      throw new Error('agent too old: it is of the first generation and takes no fenced sets; update it');
    }
    if (agent === this.#agent) this.#greeted = true;
  }

  async #send(agent: AgentEndpoint, wanted: NodeSet): Promise<void> {
    const { clock, decisionMaker, epoch, metrics } = this.#options;
    const startedAtMs = clock.monotonicMs();
    const version = this.#generations.versionFor(epoch.epoch, wanted.digest);
    const answer = await decisionMaker.replaceSet(agent, { ...wanted, ...version }, this.#end.signal);
    if (answer.kind === 'outdated') return this.#catchUp(version, answer.held);
    if (!sameVersion(answer.version, version)) {
      throw new Error(`the agent acknowledged ${textOf(answer.version)} where ${textOf(version)} was sent`);
    }
    metrics.delivered((clock.monotonicMs() - startedAtMs) / 1_000);
    if (this.#failure !== undefined)
      this.#logger.info({ failures: this.#failure.count }, 'delivery recovered');
    this.#failure = undefined;
    this.#acknowledged = {
      version,
      atMs: clock.now(),
      intents: new Map(wanted.intents.map((intent) => [intent.id, intent])),
    };
  }

  async #catchUp(sent: SetVersion, held: SetVersion): Promise<void> {
    const { epoch } = this.#options;
    if (compareVersions(held, sent) < 0) {
      throw new Error(`the agent refused ${textOf(sent)} although it holds the older ${textOf(held)}`);
    }
    if (held.epoch > epoch.epoch) return epoch.outrank(held.epoch);
    this.#generations.adopt(held);
    this.#logger.warn({ held }, 'agent held a later generation, counting on from it');
  }

  #noteFailure(reason: string): void {
    if (this.#end.signal.aborted) return;
    const count = (this.#failure?.count ?? 0) + 1;
    const delayMs = backoffMs(this.#options.backoff, count, this.#options.random());
    this.#failure = { count, reason, nextTryAtMs: this.#options.clock.now() + delayMs };
    this.#options.metrics.failed();
    this.#logger.warn({ reason, failures: count, delayMs }, 'set was not delivered');
  }

  async #waitBeforeRetry(): Promise<void> {
    const waitMs = (this.#failure?.nextTryAtMs ?? 0) - this.#options.clock.now();
    if (waitMs <= 0 || this.#end.signal.aborted) return;
    this.#hurry = new AbortController();
    await this.#options.clock.sleep(waitMs, this.#hurry.signal);
  }
}

function sameVersion(a: SetVersion, b: SetVersion): boolean {
  return compareVersions(a, b) === 0 && a.digest === b.digest;
}

function textOf({ epoch, generation, digest }: SetVersion): string {
  return `${epoch}.${generation} (${digest.slice(0, 12)})`;
}
