import type { AgentEndpoint } from '../../manager/domain/cluster.js';
import type { NodeIntentItem } from '../../manager/domain/node-intent.js';
import type {
  AgentGeneration,
  AgentGreeting,
  DecisionMaker,
  SetAnswer,
} from '../../manager/ports/decision-maker.js';
import { DomainError } from '../../shared/domain/domain-error.js';
import { compareVersions, type IntentSet, type SetVersion } from '../../shared/domain/intent.js';
import { intentMerkleRoot, type PublicIntent } from '../../shared/domain/intent-digest.js';
import {
  firstGenerationNodeIntentRoot,
  nodeIntentMerkleRoot,
} from '../../shared/domain/node-intent-digest.js';

/**
 * An agent in memory that keeps the rules of DESIGN 9 and fails on demand: for tests of the sender, where every
 * fault must come at a chosen moment. The real agent is in the end-to-end tests.
 */
export class FakeDecisionMaker implements DecisionMaker {
  held: IntentSet | undefined;
  readonly received: IntentSet[] = [];
  greetings = 0;
  generation: AgentGeneration = 'current';
  /** What it holds as an agent of the first generation. */
  legacyHeld: readonly PublicIntent[] = [];
  readonly legacyReceived: (readonly PublicIntent[])[] = [];
  /** Called before an answer; may throw, or wait. */
  before: () => Promise<void> | void = () => {};

  /** The node intents of each node, by its name; a node that is missing was never given any. */
  readonly nodeIntents = new Map<string, readonly NodeIntentItem[]>();
  readonly nodeIntentsReceived: (readonly NodeIntentItem[])[] = [];
  /** How often an agent was asked for the root of its node intents. */
  nodeIntentQuestions = 0;
  /** Whether the agent has the routes of node intents. */
  knowsNodeIntents = true;
  /** As `before`, for node intents. */
  beforeNodeIntents: () => Promise<void> | void = () => {};

  async greet(): Promise<AgentGreeting> {
    this.greetings++;
    await this.before();
    if (this.generation === 'first') return { generation: 'first', root: intentMerkleRoot(this.legacyHeld) };
    return { generation: 'current', set: versionOf(this.held) };
  }

  async replaceSet(_agent: AgentEndpoint, set: IntentSet): Promise<SetAnswer> {
    await this.before();
    this.received.push(set);
    if (this.held !== undefined && refuses(this.held, set)) {
      return { kind: 'outdated', held: versionOf(this.held) as SetVersion };
    }
    this.held = set;
    return { kind: 'acknowledged', version: versionOf(set) as SetVersion };
  }

  async heldSet(): Promise<SetVersion | undefined> {
    await this.before();
    return versionOf(this.held);
  }

  async replaceLegacySet(_agent: AgentEndpoint, intents: readonly PublicIntent[]): Promise<void> {
    await this.before();
    this.legacyReceived.push(intents);
    this.legacyHeld = intents;
  }

  async legacyRoot(): Promise<string> {
    await this.before();
    return intentMerkleRoot(this.legacyHeld);
  }

  async nodeIntentRoot({ nodeName }: AgentEndpoint): Promise<string | undefined> {
    this.nodeIntentQuestions++;
    await this.beforeNodeIntents();
    if (!this.knowsNodeIntents) return undefined;
    const held = this.nodeIntents.get(nodeName);
    if (held === undefined) return '';
    return this.generation === 'first' ? firstGenerationNodeIntentRoot(held) : nodeIntentMerkleRoot(held);
  }

  async replaceNodeIntents({ nodeName }: AgentEndpoint, items: readonly NodeIntentItem[]): Promise<void> {
    await this.beforeNodeIntents();
    if (!this.knowsNodeIntents) throw new DomainError('unavailable', 'it answered 404');
    this.nodeIntentsReceived.push(items);
    this.nodeIntents.set(nodeName, items);
  }

  forget(): void {}

  async podProcesses(): Promise<never> {
    throw new DomainError('unavailable', 'not asked in these tests');
  }
}

function refuses(held: IntentSet, sent: IntentSet): boolean {
  const order = compareVersions(sent, held);
  return order < 0 || (order === 0 && sent.digest !== held.digest);
}

function versionOf(set: IntentSet | undefined): SetVersion | undefined {
  if (set === undefined) return undefined;
  return { epoch: set.epoch, generation: set.generation, digest: set.digest };
}
