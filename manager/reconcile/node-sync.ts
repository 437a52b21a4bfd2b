import { messageOf } from '../../shared/domain/domain-error.js';
import { compareVersions, type Intent, type SetVersion } from '../../shared/domain/intent.js';
import { type BackoffPolicy, backoffMs } from '../../shared/lifecycle/backoff.js';
import type { Clock } from '../../shared/lifecycle/clock.js';
import type { Logger } from '../../shared/observability/logger.js';
import type { AgentEndpoint } from '../domain/cluster.js';
import { type LegacySet, legacySet, whyWithheld } from '../domain/legacy-set.js';
import type { NodeSet } from '../domain/node-set.js';
import type { AgentGeneration, DecisionMaker } from '../ports/decision-maker.js';
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

/** How an agent said that it holds a set: with the set's version, or with the root of what it was sent. */
type Receipt =
  | { readonly generation: 'current'; readonly version: SetVersion }
  | { readonly generation: 'first'; readonly set: LegacySet };

/** What the agent last acknowledged. */
interface Acknowledged {
  readonly receipt: Receipt;
  readonly epoch: number;
  readonly digest: string;
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
 * goes to the node until the back-off is over, then one try, which begins with the question what the agent is: it
 * may have been replaced in place. An agent counts as up to date only when it acknowledged in this epoch the set
 * with this digest.
 */
export class NodeSync {
  readonly nodeName: string;
  readonly #options: NodeSyncOptions;
  readonly #logger: Logger;
  readonly #generations = new GenerationCounter();
  readonly #end = new AbortController();
  #wanted: NodeSet | undefined;
  #agent: AgentEndpoint | undefined;
  /** The agent was asked what it can, since it last appeared or something went wrong. */
  #greeted = false;
  /** What it said; kept while it is asked again. */
  #generation: AgentGeneration | undefined;
  /** The pod that was last reported to be of the first generation: once is enough. */
  #reportedPodUid: string | undefined;
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
    if (!isSameAgent(agent, this.#agent)) {
      this.#greeted = false;
      this.#generation = undefined;
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
      if (await this.#stillHolds(agent, acknowledged.receipt, signal)) return;
      this.#options.metrics.drifted();
    } catch (error) {
      if (signal.aborted) return;
      this.#logger.warn({ reason: messageOf(error) }, 'agent could not be swept');
    }
    // A delivery may have been acknowledged while the agent was asked: then its answer is of the past.
    if (this.#acknowledged === acknowledged) {
      this.#acknowledged = undefined;
      this.#greeted = false;
    }
    this.#run();
  }

  /** An agent of the first generation is asked what it is each time: its root alone would hide that it was updated. */
  async #stillHolds(agent: AgentEndpoint, receipt: Receipt, signal: AbortSignal): Promise<boolean> {
    const { decisionMaker } = this.#options;
    if (receipt.generation === 'current') {
      const held = await decisionMaker.heldSet(agent, signal);
      if (held !== undefined && sameVersion(held, receipt.version)) return true;
      const fields = { held, expected: receipt.version };
      this.#logger.warn(fields, 'agent holds another set, sending ours again');
      return false;
    }
    const greeting = await decisionMaker.greet(agent, signal);
    if (greeting.generation === 'first' && greeting.root === receipt.set.root) return true;
    const fields = { held: greeting, expectedRoot: receipt.set.root };
    this.#logger.warn(fields, 'agent holds another set, sending ours again');
    return false;
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
    const receipt = this.#acknowledged?.receipt;
    return {
      nodeName: this.nodeName,
      state: this.#state(),
      generation: this.#generation,
      acknowledged: receipt?.generation === 'current' ? receipt.version : undefined,
      acknowledgedRoot: receipt?.generation === 'first' ? receipt.set.root : undefined,
      acknowledgedAtMs: this.#acknowledged?.atMs,
      failures: this.#failure?.count ?? 0,
      lastError: this.#failure?.reason,
      nextTryAtMs: this.#failure?.nextTryAtMs,
      intents: this.wantedIntents.length,
      withheld: this.wantedIntents.filter((intent) => this.#whyWithheld(intent) !== undefined).length,
    };
  }

  /** An intent can be applied while its node is not: when the last acknowledged set had it already, as it is. */
  statusOf(intent: Intent): IntentStatus {
    const state = this.#state();
    const reason = this.#whyWithheld(intent);
    if (reason !== undefined) return { state: 'Failed', reason, nextTryAtMs: undefined };
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

  #whyWithheld(intent: Intent): string | undefined {
    return this.#generation === 'first' ? whyWithheld(intent) : undefined;
  }

  #isAcknowledged(intent: Intent): boolean {
    const known = this.#acknowledged?.intents.get(intent.id);
    return known !== undefined && JSON.stringify(known) === JSON.stringify(intent);
  }

  #isUpToDate(): boolean {
    const acknowledged = this.#acknowledged;
    if (acknowledged === undefined || !this.#greeted) return false;
    return acknowledged.epoch === this.#options.epoch.epoch && acknowledged.digest === this.#wanted?.digest;
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
      const generation = this.#greeted ? this.#generation : await this.#greet(agent);
      await (generation === 'first' ? this.#sendLegacy(agent, wanted) : this.#sendFenced(agent, wanted));
    } catch (error) {
      this.#greeted = false;
      this.#noteFailure(messageOf(error));
    } finally {
      this.#sending = false;
    }
  }

  async #greet(agent: AgentEndpoint): Promise<AgentGeneration> {
    const { generation } = await this.#options.decisionMaker.greet(agent, this.#end.signal);
    if (!isSameAgent(agent, this.#agent)) return generation;
    this.#greeted = true;
    if (generation !== this.#generation) this.#noteGeneration(agent, generation);
    return generation;
  }

  #noteGeneration(agent: AgentEndpoint, generation: AgentGeneration): void {
    const { podUid, origin } = agent;
    const previous = this.#generation;
    this.#generation = generation;
    if (previous === 'first') this.#logger.info({ podUid, origin }, 'agent is of the current generation now');
    if (generation === 'current' || podUid === this.#reportedPodUid) return;
    this.#reportedPodUid = podUid;
    this.#logger.warn({ podUid, origin }, 'agent is of the first generation: update it');
  }

  async #sendFenced(agent: AgentEndpoint, wanted: NodeSet): Promise<void> {
    const { clock, decisionMaker, epoch } = this.#options;
    const startedAtMs = clock.monotonicMs();
    const version = this.#generations.versionFor(epoch.epoch, wanted.digest);
    const answer = await decisionMaker.replaceSet(agent, { ...wanted, ...version }, this.#end.signal);
    if (answer.kind === 'outdated') return this.#catchUp(version, answer.held);
    if (!sameVersion(answer.version, version)) {
      throw new Error(`the agent acknowledged ${textOf(answer.version)} where ${textOf(version)} was sent`);
    }
    this.#noteAcknowledged({ generation: 'current', version }, wanted, version.epoch, startedAtMs);
  }

  /**
   * Such an agent answers a set before and after it holds it alike, so it is asked for its root. Nothing is sent
   * when it holds this very list already, as when only fields changed that it never gets.
   */
  async #sendLegacy(agent: AgentEndpoint, wanted: NodeSet): Promise<void> {
    const { clock, decisionMaker, epoch } = this.#options;
    const { signal } = this.#end;
    const startedAtMs = clock.monotonicMs();
    // Asked for before the waits: a raised epoch must not be counted as acknowledged.
    const sentIn = epoch.epoch;
    const set = legacySet(wanted);
    if (!this.#holdsList(set) || (await decisionMaker.legacyRoot(agent, signal)) !== set.root) {
      await decisionMaker.replaceLegacySet(agent, set.intents, signal);
      const root = await decisionMaker.legacyRoot(agent, signal);
      if (root !== set.root) {
        throw new Error(
          `the agent holds a set with the root ${shortened(root)} where ${shortened(set.root)} was sent`,
        );
      }
    }
    this.#noteAcknowledged({ generation: 'first', set }, wanted, sentIn, startedAtMs);
  }

  /** It acknowledged this list in this epoch, as far as we know. */
  #holdsList({ fingerprint }: LegacySet): boolean {
    const acknowledged = this.#acknowledged;
    if (acknowledged?.receipt.generation !== 'first') return false;
    if (acknowledged.epoch !== this.#options.epoch.epoch) return false;
    return acknowledged.receipt.set.fingerprint === fingerprint;
  }

  #noteAcknowledged(receipt: Receipt, wanted: NodeSet, epoch: number, startedAtMs: number): void {
    const { clock, metrics } = this.#options;
    metrics.delivered((clock.monotonicMs() - startedAtMs) / 1_000);
    if (this.#failure !== undefined)
      this.#logger.info({ failures: this.#failure.count }, 'delivery recovered');
    this.#failure = undefined;
    const isHeld = (intent: Intent) => receipt.generation === 'current' || whyWithheld(intent) === undefined;
    this.#acknowledged = {
      receipt,
      epoch,
      digest: wanted.digest,
      atMs: clock.now(),
      intents: new Map(wanted.intents.filter(isHeld).map((intent) => [intent.id, intent])),
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

function isSameAgent(a: AgentEndpoint | undefined, b: AgentEndpoint | undefined): boolean {
  return a?.podUid === b?.podUid && a?.origin === b?.origin;
}

function sameVersion(a: SetVersion, b: SetVersion): boolean {
  return compareVersions(a, b) === 0 && a.digest === b.digest;
}

function textOf({ epoch, generation, digest }: SetVersion): string {
  return `${epoch}.${generation} (${shortened(digest)})`;
}

function shortened(hash: string): string {
  return hash.slice(0, 12);
}
