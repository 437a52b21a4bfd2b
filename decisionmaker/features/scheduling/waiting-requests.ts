import { DomainError } from '../../../shared/domain/domain-error.js';
import type { Clock } from '../../../shared/lifecycle/clock.js';
import { Gauge, type Registry } from '../../../shared/observability/metrics.js';
import type { ServedDecisions } from '../../ports/served-decisions.js';

/** A node has one scheduler and few who look on; each waiting request holds a connection and a timer. */
const MAX_WAITING = 64;

export interface Wait {
  /** Whether the answer with this tag is no news to the caller. */
  readonly isKnown: (etag: string) => boolean;
  readonly timeoutMs: number;
  /** Aborts when the caller goes away. */
  readonly callerGone: AbortSignal;
}

/** The requests that wait for the next change of what the scheduler is told. */
export class WaitingRequests {
  readonly #decisions: ServedDecisions;
  readonly #clock: Clock;
  readonly #waiting = new Set<AbortController>();
  #ended = false;

  constructor(decisions: ServedDecisions, clock: Clock, registry: Registry) {
    this.#decisions = decisions;
    this.#clock = clock;
    const count = () => this.#waiting.size;
    new Gauge({
      name: 'podium_agent_waiting_requests',
      help: 'Requests that wait for the next change of the decisions.',
      registers: [registry],
      collect() {
        this.set(count());
      },
    });
  }

  /**
   * Resolves when there is news for the caller, the time is over, the caller has gone or this program ends. Rejects
   * with `unavailable` as soon as nothing true can be said, and at once with `throttled` when too many wait already:
   * an answer without news given early would make its caller ask again without a pause.
   */
  async untilNews({ isKnown, timeoutMs, callerGone }: Wait): Promise<void> {
    if (this.#ended || callerGone.aborted || !isKnown(this.#decisions.answer().etag)) return;
    if (this.#waiting.size >= MAX_WAITING) {
      throw new DomainError(
        'throttled',
        `${MAX_WAITING} requests wait already: ask without wait, or again in a second`,
      );
    }
    const end = new AbortController();
    const abort = () => end.abort();
    this.#waiting.add(end);
    callerGone.addEventListener('abort', abort);
    void this.#clock.sleep(timeoutMs, end.signal).then(abort);
    try {
      while (!end.signal.aborted) {
        const { etag } = this.#decisions.answer();
        if (!isKnown(etag)) return;
        await this.#decisions.changeFrom(etag, end.signal);
      }
    } finally {
      abort();
      callerGone.removeEventListener('abort', abort);
      this.#waiting.delete(end);
    }
  }

  /** Answers all who wait, and lets nobody wait any more. */
  end(): void {
    this.#ended = true;
    for (const waiting of this.#waiting) waiting.abort();
  }
}
