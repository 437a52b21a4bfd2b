import { DomainError, messageOf } from '../../../shared/domain/domain-error.js';
import type { Clock } from '../../../shared/lifecycle/clock.js';
import type { Logger } from '../../../shared/observability/logger.js';
import { type DecisionOptions, decide } from '../../domain/decisions.js';
import type { KnownIntentSet } from '../../domain/intent-set.js';
import { forgetAbsent, type NudgeMemory, nudgeReused } from '../../domain/nudge.js';
import { NO_INTEREST, type ProcessInterest, type ProcessSnapshot } from '../../domain/pod-process.js';
import { interestOf } from '../../domain/process-matching.js';
import type { DecisionRefresh } from '../../ports/decision-refresh.js';
import type { IntentSets } from '../../ports/intent-sets.js';
import type { ProcessTable } from '../../ports/process-table.js';
import type { ProcessView } from '../../ports/process-view.js';
import type { ServedAnswer, ServedDecisions } from '../../ports/served-decisions.js';
import { CoalescedRun } from './coalesced-run.js';
import type { ScanMetrics } from './scan-metrics.js';
import { type PriorityFormat, schedulingAnswer } from './scheduling-answer.js';

export interface SchedulingOptions extends DecisionOptions {
  readonly priorityFormat: PriorityFormat;
}

interface Collaborators {
  readonly table: ProcessTable;
  readonly sets: IntentSets;
  readonly metrics: ScanMetrics;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** What the scheduler is told now, and what it was worked out from. Replaced as a whole. */
interface Served {
  readonly set: KnownIntentSet;
  readonly snapshot: ProcessSnapshot;
  readonly decisions: ReturnType<typeof nudgeReused>['items'];
  readonly answer: ServedAnswer;
}

/** Works decisions out when processes or the set have changed, and answers every request from the last result. */
export class SchedulingService implements DecisionRefresh, ProcessView, ServedDecisions {
  readonly #options: SchedulingOptions;
  readonly #collaborators: Collaborators;
  readonly #refresh = new CoalescedRun(() => this.#bringUpToDate());
  readonly #waiting = new Set<() => void>();
  #served: Served | undefined;
  #snapshot: ProcessSnapshot | undefined;
  #problem: string | undefined = 'the processes have not been read yet';
  #memory: NudgeMemory = new Map();
  #interest: { readonly set: KnownIntentSet | undefined; readonly interest: ProcessInterest } = {
    set: undefined,
    interest: NO_INTEREST,
  };

  constructor(options: SchedulingOptions, collaborators: Collaborators) {
    this.#options = options;
    this.#collaborators = collaborators;
  }

  refresh(): Promise<void> {
    return this.#refresh.run();
  }

  answer(): ServedAnswer {
    if (this.#problem !== undefined) throw new DomainError('unavailable', this.#problem);
    if (this.#served === undefined) {
      throw new DomainError('unavailable', 'no set of intents is known yet: a manager has to send one first');
    }
    return this.#served.answer;
  }

  changeFrom(etag: string, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const look = () => {
        if (!signal.aborted && this.#problem === undefined && this.#served?.answer.etag === etag) return;
        this.#waiting.delete(look);
        signal.removeEventListener('abort', look);
        resolve();
      };
      this.#waiting.add(look);
      signal.addEventListener('abort', look);
      look();
    });
  }

  polled(): void {
    this.#collaborators.metrics.polled();
    if (this.#served !== undefined) this.#memory = forgetAbsent(this.#memory, this.#served.decisions);
  }

  async processes(): Promise<ProcessSnapshot> {
    if (this.#snapshot === undefined || this.#problem !== undefined) {
      throw new DomainError('unavailable', this.#problem ?? 'the processes have not been read yet');
    }
    return this.#snapshot;
  }

  /** Why nothing can be served; undefined while the node can be read. */
  problem(): string | undefined {
    return this.#problem;
  }

  async #bringUpToDate(): Promise<void> {
    const { table, sets, metrics, clock } = this.#collaborators;
    const startedAtMs = clock.monotonicMs();
    const set = sets.current();
    try {
      const snapshot = await table.refresh(this.#interestIn(set));
      this.#use(set, snapshot);
      this.#note(undefined);
    } catch (error) {
      this.#note(messageOf(error));
    }
    metrics.scanned((clock.monotonicMs() - startedAtMs) / 1_000);
    for (const look of [...this.#waiting]) look();
  }

  #use(set: KnownIntentSet | undefined, snapshot: ProcessSnapshot): void {
    const { metrics, clock } = this.#collaborators;
    this.#snapshot = snapshot;
    metrics.seen(snapshot);
    if (set === undefined) return;
    if (this.#served?.set === set && this.#served.snapshot === snapshot) return;
    const { items, truncated } = decide(set, snapshot, this.#options);
    const nudged = nudgeReused(items, this.#memory);
    this.#memory = nudged.memory;
    const next = schedulingAnswer(nudged.items, this.#options.priorityFormat, clock.now());
    const before = this.#served?.answer;
    const answer = before?.etag === next.etag ? before : next;
    this.#served = { set, snapshot, decisions: nudged.items, answer };
    metrics.decided(nudged.items.length, truncated);
  }

  #interestIn(set: KnownIntentSet | undefined): ProcessInterest {
    if (this.#interest.set !== set) {
      this.#interest = { set, interest: set === undefined ? NO_INTEREST : interestOf(set) };
    }
    return this.#interest.interest;
  }

  #note(problem: string | undefined): void {
    if (problem === this.#problem) return;
    const { logger } = this.#collaborators;
    if (problem === undefined) logger.info({}, 'the processes of this node can be read');
    else logger.error({ reason: problem }, 'the processes of this node cannot be read');
    this.#problem = problem;
  }
}
