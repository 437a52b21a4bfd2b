import { DomainError, messageOf } from '../../shared/domain/domain-error.js';
import type { Clock } from '../../shared/lifecycle/clock.js';
import { WakeUp } from '../../shared/lifecycle/wake-up.js';
import type { Logger } from '../../shared/observability/logger.js';
import { compileDecisionRules, type DecisionRules } from '../domain/decision-rules.js';
import { type DecisionOptions, type Decisions, decide } from '../domain/decisions.js';
import { nudgeReused, type ToldAnswer } from '../domain/nudge.js';
import {
  inEveryPod,
  NO_INTEREST,
  type ProcessInterest,
  type ProcessSnapshot,
} from '../domain/pod-process.js';
import { interestOf } from '../domain/process-matching.js';
import type { EngineCounts, EngineInput, EngineReport, PriorityFormat } from '../ports/decision-engine.js';
import type { ProcessTable } from '../ports/process-table.js';
import type { ServedAnswer } from '../ports/served-decisions.js';
import { CoalescedRun } from './coalesced-run.js';
import { PatternMemory } from './pattern-memory.js';
import { schedulingAnswer } from './scheduling-answer.js';

export interface NodeEngineOptions extends DecisionOptions {
  readonly priorityFormat: PriorityFormat;
  readonly intervalMs: number;
}

interface Collaborators {
  readonly table: ProcessTable;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Told what each look came to, in order. */
  readonly report: (report: EngineReport) => void;
}

/** Decisions with what they were made from and what was made of them. Replaced as a whole. */
interface Decided {
  readonly rules: DecisionRules;
  readonly snapshot: ProcessSnapshot;
  readonly decisions: Decisions;
  /** The answer that the slices were chosen against, see nudgeReused. */
  readonly against: ToldAnswer;
  readonly told: ToldAnswer;
  readonly answer: ServedAnswer;
}

/** Longest time between two looks, whatever the configured one. */
const LONGEST_INTERVAL_MS = 1_000;

/** Changes that the kernel tells of come in bursts, so a look for their sake keeps this distance from the last. */
const SHORTEST_INTERVAL_MS = 50;

/** Who asks for the processes of every pod asks again: they are kept up to date this long. */
const WIDE_MS = 60_000;

/** Longest time between two reports, a little less than the longest between two looks. */
const LONGEST_SILENCE_MS = 900;

/** A scheduler is told one of the last answers; an older one is not asked about any more. */
const REMEMBERED_ANSWERS = 4;

/** Looks at the node, decides and writes the answer, when something changed and at every interval. */
export class NodeEngine {
  readonly #options: NodeEngineOptions;
  readonly #collaborators: Collaborators;
  readonly #memory: PatternMemory;
  readonly #run = new CoalescedRun(() => this.#bringUpToDate());
  readonly #wakeUp = new WakeUp();
  readonly #answers = new Map<string, ToldAnswer>();
  #rules: DecisionRules | undefined;
  #patterns: DecisionRules['patterns'] = new Map();
  /** What the rules need, and beside it what somebody wants to see. */
  #interest: ProcessInterest = NO_INTEREST;
  #wideInterest: ProcessInterest = inEveryPod(NO_INTEREST);
  #isWideUntilMs = Number.NEGATIVE_INFINITY;
  #isWide = false;
  #snapshot: ProcessSnapshot | undefined;
  #problem: string | undefined = 'the processes have not been read yet';
  #decided: Decided | undefined;
  /** What the scheduler fetched last. */
  #told: ToldAnswer = new Map();
  #reported: { readonly decided: Decided | undefined; readonly problem: string | undefined } | undefined;
  #isAskedFor = false;
  #reportedAtMs = Number.NEGATIVE_INFINITY;
  #lookSeconds: number[] = [];
  #lastLookMs = Number.NEGATIVE_INFINITY;
  #isTruncated = false;

  constructor(options: NodeEngineOptions, collaborators: Collaborators) {
    this.#options = options;
    this.#collaborators = collaborators;
    this.#memory = new PatternMemory(() => collaborators.clock.monotonicMs());
  }

  /** Looks at every interval, and soon after wake(), until the signal aborts. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock } = this.#collaborators;
    const intervalMs = Math.min(this.#options.intervalMs, LONGEST_INTERVAL_MS);
    const distanceMs = Math.min(intervalMs, SHORTEST_INTERVAL_MS);
    while (!signal.aborted) {
      await this.#wakeUp.next(signal, intervalMs);
      const earliestMs = this.#lastLookMs + distanceMs;
      await clock.sleep(Math.max(0, earliestMs - clock.monotonicMs()), signal);
      if (!signal.aborted) await this.#run.run();
    }
  }

  /** Something about the node has changed. */
  wake(): void {
    this.#wakeUp.request();
  }

  /** Puts wishes in force, from the next look on. */
  use({ intents, nodeIntents }: EngineInput): void {
    this.#rules = intents && compileDecisionRules(intents, nodeIntents, this.#patterns);
    this.#patterns = this.#rules?.patterns ?? new Map();
    const usable = [...this.#patterns.values()].flatMap((result) => (result.ok ? [result.pattern] : []));
    this.#memory.keepOnly(new Set(usable));
    this.#interest = this.#rules === undefined ? NO_INTEREST : interestOf(this.#rules, this.#memory.matches);
    this.#wideInterest = inEveryPod(this.#interest);
  }

  /** Resolves when a look that began after this call has been reported. */
  refresh(): Promise<void> {
    this.#isAskedFor = true;
    return this.#run.run();
  }

  /** A scheduler fetched the answer with this tag: from now on it is what others must differ from. */
  polled(etag: string): void {
    const told = this.#answers.get(etag);
    if (told === undefined || told === this.#told) return;
    this.#told = told;
    // What was made meanwhile, against an earlier answer, may repeat a slice: it is made again.
    if (told !== this.#decided?.told) this.wake();
  }

  /**
   * The processes of every pod as they were last read, which for most pods they are only while somebody asks.
   * Rejects with `unavailable` while they cannot be read.
   */
  async processes(): Promise<ProcessSnapshot> {
    this.#isWideUntilMs = this.#collaborators.clock.monotonicMs() + WIDE_MS;
    if (!this.#isWide) await this.refresh();
    if (this.#snapshot === undefined || this.#problem !== undefined) {
      throw new DomainError('unavailable', this.#problem ?? 'the processes have not been read yet');
    }
    return this.#snapshot;
  }

  /** Releases what the process table holds. */
  close(): void {
    this.#collaborators.table.close();
  }

  async #bringUpToDate(): Promise<void> {
    const { table, clock } = this.#collaborators;
    const startedAtMs = clock.monotonicMs();
    const isWide = startedAtMs < this.#isWideUntilMs;
    try {
      this.#snapshot = await table.refresh(isWide ? this.#wideInterest : this.#interest);
      this.#isWide = isWide;
      this.#decide(this.#rules, this.#snapshot);
      this.#note(undefined);
    } catch (error) {
      this.#note(messageOf(error));
    }
    this.#lastLookMs = clock.monotonicMs();
    this.#report((this.#lastLookMs - startedAtMs) / 1_000);
  }

  #decide(rules: DecisionRules | undefined, snapshot: ProcessSnapshot): void {
    if (rules === undefined) {
      this.#decided = undefined;
      return;
    }
    const before = this.#decided;
    const isSame = before?.rules === rules && before.snapshot === snapshot;
    if (isSame && (before.against === this.#told || before.told === this.#told)) return;
    const decisions = isSame
      ? before.decisions
      : decide(rules, snapshot, this.#options, this.#memory.matches);
    if (!isSame) this.#noteTruncation(decisions);
    const against = this.#told;
    const { items, told } = nudgeReused(decisions.items, against);
    const next = schedulingAnswer(items, this.#options.priorityFormat, this.#collaborators.clock.now());
    const isRepeated = before?.answer.etag === next.etag;
    const answer = isRepeated ? before.answer : next;
    this.#decided = { rules, snapshot, decisions, against, told, answer };
    // A repeated answer may have been fetched when it was first made, of other processes.
    if (!isRepeated) this.#remember(answer.etag, told);
  }

  #remember(etag: string, told: ToldAnswer): void {
    this.#answers.delete(etag);
    this.#answers.set(etag, told);
    for (const oldest of this.#answers.keys()) {
      if (this.#answers.size <= REMEMBERED_ANSWERS) return;
      this.#answers.delete(oldest);
    }
  }

  /** A look that came to nothing new is told together with later ones: telling costs more than such a look. */
  #report(seconds: number): void {
    const { table, report } = this.#collaborators;
    this.#lookSeconds.push(seconds);
    const before = this.#reported;
    const isNew = before?.decided !== this.#decided || before?.problem !== this.#problem || this.#isAskedFor;
    if (!isNew && this.#lastLookMs - this.#reportedAtMs < LONGEST_SILENCE_MS) return;
    const answer = this.#decided?.answer;
    const isOtherAnswer = answer !== before?.decided?.answer;
    this.#reported = { decided: this.#decided, problem: this.#problem };
    this.#reportedAtMs = this.#lastLookMs;
    this.#isAskedFor = false;
    report({
      problem: this.#problem,
      answer: isOtherAnswer ? (answer ?? null) : undefined,
      counts: this.#counts(),
      discovery: table.discovery(),
      readErrors: table.readErrors(),
    });
    this.#lookSeconds = [];
  }

  #counts(): EngineCounts {
    const { items, truncated } = this.#decided?.decisions ?? { items: [], truncated: 0 };
    return {
      ...this.#collaborators.table.counts(),
      lookSeconds: this.#lookSeconds,
      decisions: items.length,
      truncated,
      regexSeconds: this.#memory.spentSeconds(),
    };
  }

  #note(problem: string | undefined): void {
    if (problem === this.#problem) return;
    const { logger } = this.#collaborators;
    if (problem === undefined) logger.info({}, 'the processes of this node can be read');
    else logger.error({ reason: problem }, 'the processes of this node cannot be read');
    this.#problem = problem;
  }

  #noteTruncation({ items, truncated }: Decisions): void {
    const isTruncated = truncated > 0;
    if (isTruncated === this.#isTruncated) return;
    this.#isTruncated = isTruncated;
    const { logger } = this.#collaborators;
    const fields = { served: items.length, leftOut: truncated, limit: this.#options.maxItems };
    if (isTruncated)
      logger.warn(fields, 'the scheduler has no room for every process: the weakest are left out');
    else logger.info(fields, 'the scheduler has room for every process again');
  }
}
