import { messageOf } from '../../shared/domain/domain-error.js';
import { compareVersions, type Intent, type SetVersion } from '../../shared/domain/intent.js';
import type { Logger } from '../../shared/observability/logger.js';
import { type AgentEndpoint, isSameAgent } from '../domain/cluster.js';
import type { IntentStatus } from '../domain/intent-status.js';
import { type LegacySet, legacySet, whyWithheld } from '../domain/legacy-set.js';
import type { NodeIntent } from '../domain/node-intent.js';
import type { NodeSet } from '../domain/node-set.js';
import type { AgentGeneration, DecisionMaker } from '../ports/decision-maker.js';
import type { NodeDelivery } from '../ports/delivery-view.js';
import { DeliveryLoop, type DeliveryLoopOptions } from './delivery-loop.js';
import type { DeliveryMetrics } from './delivery-metrics.js';
import type { EpochKeeper } from './epoch-keeper.js';
import { GenerationCounter } from './generation-counter.js';
import { NodeIntentSync } from './node-intent-sync.js';

export interface NodeSyncOptions extends DeliveryLoopOptions {
  readonly decisionMaker: DecisionMaker;
  readonly epoch: EpochKeeper;
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

/**
 * Brings one node's agent to the set planned for it: the only sender of intents in the product. It holds one
 * wanted set, the newest; while a delivery runs, later ones only replace it. After a failure the next try begins with
 * the question what the agent is: it may have been replaced in place. An agent counts as up to date only when it
 * acknowledged in this epoch the set with this digest. The node intents go to the agent beside the set, by their own
 * deliveries, so that neither waits for the other.
 */
export class NodeSync {
  readonly nodeName: string;
  readonly #options: NodeSyncOptions;
  readonly #logger: Logger;
  readonly #generations = new GenerationCounter();
  readonly #loop: DeliveryLoop;
  readonly #nodeIntents: NodeIntentSync;
  #wanted: NodeSet | undefined;
  #agent: AgentEndpoint | undefined;
  /** The agent was asked what it can, since it last appeared or something went wrong. */
  #greeted = false;
  /** What it said; kept while it is asked again. */
  #generation: AgentGeneration | undefined;
  /** The pod that was last reported to be of the first generation: once is enough. */
  #reportedPodUid: string | undefined;
  #acknowledged: Acknowledged | undefined;

  constructor(nodeName: string, options: NodeSyncOptions) {
    this.nodeName = nodeName;
    this.#options = options;
    this.#logger = options.logger.child({ node: nodeName });
    this.#loop = new DeliveryLoop(options, {
      isDue: () => this.#mustDeliver(),
      attempt: (signal) => this.#deliver(signal),
      failed: ({ count, reason }, delayMs) => {
        this.#greeted = false;
        options.metrics.failed();
        this.#logger.warn({ reason, failures: count, delayMs }, 'set was not delivered');
      },
    });
    this.#nodeIntents = new NodeIntentSync({ ...options, logger: this.#logger });
  }

  /** What the node should hold and where its agent is; undefined while it has none. */
  offer(
    wanted: NodeSet,
    agent: AgentEndpoint | undefined,
    wantedNodeIntents: readonly NodeIntent[] = [],
  ): void {
    this.#wanted = wanted;
    if (!isSameAgent(agent, this.#agent)) {
      this.#greeted = false;
      this.#generation = undefined;
      this.#loop.startAnew();
    }
    this.#agent = agent;
    this.#nodeIntents.offer(wantedNodeIntents, agent);
    this.#loop.run();
  }

  /** Asks the agent what it holds; anything but what it acknowledged is sent anew. */
  async sweep(signal: AbortSignal): Promise<void> {
    await Promise.all([this.#sweepSet(signal), this.#nodeIntents.sweep(signal)]);
  }

  async #sweepSet(signal: AbortSignal): Promise<void> {
    const agent = this.#agent;
    const acknowledged = this.#acknowledged;
    if (agent === undefined || acknowledged === undefined || this.#loop.running) return;
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
    this.#loop.run();
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
    await Promise.all([this.#loop.stop(), this.#nodeIntents.stop()]);
  }

  get wantedIntents(): readonly Intent[] {
    return this.#wanted?.intents ?? [];
  }

  get wantedNodeIntents(): readonly NodeIntent[] {
    return this.#nodeIntents.wanted;
  }

  statusOfNodeIntent(intent: NodeIntent): IntentStatus {
    return this.#nodeIntents.statusOf(intent, this.#loop.failure);
  }

  delivery(): NodeDelivery {
    const receipt = this.#acknowledged?.receipt;
    const failure = this.#loop.failure;
    return {
      nodeName: this.nodeName,
      state: this.#state(),
      generation: this.#generation,
      acknowledged: receipt?.generation === 'current' ? receipt.version : undefined,
      acknowledgedRoot: receipt?.generation === 'first' ? receipt.set.root : undefined,
      acknowledgedAtMs: this.#acknowledged?.atMs,
      failures: failure?.count ?? 0,
      lastError: failure?.reason,
      nextTryAtMs: failure?.nextTryAtMs,
      intents: this.wantedIntents.length,
      withheld: this.wantedIntents.filter((intent) => this.#whyWithheld(intent) !== undefined).length,
      nodeIntents: this.#nodeIntents.delivery(failure),
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
    const { failure, trying } = this.#loop;
    if (failure === undefined) return { state: trying ? 'Sent' : 'Pending' };
    return { state: 'Failed', reason: failure.reason, nextTryAtMs: failure.nextTryAtMs };
  }

  #state(): NodeDelivery['state'] {
    if (this.#agent === undefined) return 'NoAgent';
    if (this.#isUpToDate()) return 'Applied';
    if (this.#loop.failure !== undefined) return 'Failed';
    return this.#loop.trying ? 'Sent' : 'Pending';
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

  #mustDeliver(): boolean {
    return (
      this.#agent !== undefined &&
      this.#wanted !== undefined &&
      this.#options.epoch.owned &&
      !this.#isUpToDate()
    );
  }

  async #deliver(signal: AbortSignal): Promise<void> {
    const agent = this.#agent;
    const wanted = this.#wanted;
    if (agent === undefined || wanted === undefined) return;
    const generation = this.#greeted ? this.#generation : await this.#greet(agent, signal);
    if (generation === 'first') await this.#sendLegacy(agent, wanted, signal);
    else await this.#sendFenced(agent, wanted, signal);
  }

  async #greet(agent: AgentEndpoint, signal: AbortSignal): Promise<AgentGeneration> {
    const { generation } = await this.#options.decisionMaker.greet(agent, signal);
    if (!isSameAgent(agent, this.#agent)) return generation;
    this.#greeted = true;
    if (generation !== this.#generation) this.#noteGeneration(agent, generation);
    this.#nodeIntents.met(agent, generation);
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

  async #sendFenced(agent: AgentEndpoint, wanted: NodeSet, signal: AbortSignal): Promise<void> {
    const { clock, decisionMaker, epoch } = this.#options;
    const startedAtMs = clock.monotonicMs();
    const version = this.#generations.versionFor(epoch.epoch, wanted.digest);
    const answer = await decisionMaker.replaceSet(agent, { ...wanted, ...version }, signal);
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
  async #sendLegacy(agent: AgentEndpoint, wanted: NodeSet, signal: AbortSignal): Promise<void> {
    const { clock, decisionMaker, epoch } = this.#options;
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
    const failures = this.#loop.succeeded();
    if (failures > 0) this.#logger.info({ failures }, 'delivery recovered');
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
