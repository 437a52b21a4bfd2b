import { messageOf } from '../../../shared/domain/domain-error.js';
import type { Clock } from '../../../shared/lifecycle/clock.js';
import type { Logger } from '../../../shared/observability/logger.js';
import type { AuditActor } from '../../domain/audit-entry.js';
import type { AuditTrail } from '../../ports/audit-trail.js';

/** Something that a signed-in caller may not. */
export interface RefusedAttempt {
  readonly actor: AuditActor;
  /** Such as `PUT /api/v1/strategies`. */
  readonly route: string;
  /** The permission that the route asks for, or what else does. */
  readonly access: string;
  readonly reason: string;
}

const SAME_FOR_MS = 60_000;

/** Users × routes × reasons within a minute; beyond it the oldest is entered before its minute is over. */
const MOST_KINDS = 2_000;

interface Repetition {
  readonly attempt: RefusedAttempt;
  readonly sinceMs: number;
  count: number;
}

/**
 * Enters refused attempts into the audit log: the first of its kind at once, what repeats it within a minute as one
 * entry with a count, so that nobody fills the log by being refused. Nobody waits for it: the answer is "no" anyway.
 */
export class RefusalRecorder {
  readonly #trail: AuditTrail;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #recent = new Map<string, Repetition>();

  constructor(trail: AuditTrail, clock: Clock, logger: Logger) {
    this.#trail = trail;
    this.#clock = clock;
    this.#logger = logger;
  }

  refused(attempt: RefusedAttempt): void {
    const { actor, route, reason } = attempt;
    const kind = JSON.stringify([actor.userId, route, reason]);
    const known = this.#recent.get(kind);
    if (known !== undefined) {
      known.count++;
      return;
    }
    if (this.#recent.size >= MOST_KINDS) this.#endOldest();
    this.#recent.set(kind, { attempt, sinceMs: this.#clock.monotonicMs(), count: 0 });
    this.#record(attempt, undefined);
  }

  /** Enters the counts of the minutes that are over. */
  endMinutes(): void {
    const startedBeforeMs = this.#clock.monotonicMs() - SAME_FOR_MS;
    for (const [kind, repetition] of this.#recent) {
      if (repetition.sinceMs <= startedBeforeMs) this.#end(kind, repetition);
    }
  }

  /** Enters all counts, because nobody will ask again. */
  endAll(): void {
    for (const [kind, repetition] of this.#recent) this.#end(kind, repetition);
  }

  #endOldest(): void {
    const [oldest] = this.#recent;
    if (oldest !== undefined) this.#end(...oldest);
  }

  #end(kind: string, { attempt, count }: Repetition): void {
    this.#recent.delete(kind);
    if (count > 0) this.#record(attempt, count);
  }

  #record({ actor, route, access, reason }: RefusedAttempt, repeated: number | undefined): void {
    this.#trail
      .record(actor, {
        action: 'request.refused',
        outcome: 'refused',
        target: { kind: 'route', id: route, name: access },
        ...(repeated === undefined ? {} : { after: { repeated } }),
        reason,
      })
      .catch((error: unknown) => {
        this.#logger.warn({ reason: messageOf(error) }, 'refused attempt not entered into the audit log yet');
      });
  }
}
