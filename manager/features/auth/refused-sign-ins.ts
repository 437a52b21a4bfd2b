import type { Clock } from '../../../shared/lifecycle/clock.js';
import type { AuditActor } from '../../domain/audit-entry.js';
import { networkOf } from '../../domain/network.js';
import type { AuditTrail } from '../../ports/audit-trail.js';

/** A sign-in, or a change of password, that was refused. */
export interface Refusal {
  readonly action: 'auth.login' | 'user.password_change';
  readonly actor: AuditActor;
  /** The name that was given. Empty where attempts of many names are told as one. */
  readonly username: string;
  readonly reason: string;
}

interface Pending {
  readonly refusal: Refusal;
  /** Since the last entry. */
  count: number;
  /** Of the last entry, by the monotonic clock. */
  sinceMs: number;
}

const QUIET_MS = 60_000;
/** Names and networks told apart at one time; of more than these only their number is told. */
const MOST_KEYS = 200;
const LONGEST_NAME = 256;

/**
 * Tells the audit log of refused sign-ins, the first one of a name from a network at once, more of them as one entry a
 * minute with their count: a flood of guesses must not fill the log, nor hide in it.
 */
export class RefusedSignIns {
  readonly #trail: AuditTrail;
  readonly #clock: Clock;
  readonly #pending = new Map<string, Pending>();

  constructor(trail: AuditTrail, clock: Clock) {
    this.#trail = trail;
    this.#clock = clock;
  }

  async record(refused: Refusal): Promise<void> {
    const { key, refusal } = this.#placeOf(refused);
    const nowMs = this.#clock.monotonicMs();
    const pending = this.#pending.get(key);
    if (pending !== undefined && nowMs - pending.sinceMs < QUIET_MS) {
      pending.count++;
      return;
    }
    this.#pending.set(key, { refusal, count: 0, sinceMs: nowMs });
    await this.#tell(refusal, (pending?.count ?? 0) + 1);
  }

  /** Writes what has waited for a minute; everything, where `everything` is asked for. */
  async flush(everything = false): Promise<void> {
    const nowMs = this.#clock.monotonicMs();
    for (const [key, pending] of this.#pending) {
      if (!everything && nowMs - pending.sinceMs < QUIET_MS) continue;
      await this.#tellRest(pending);
      // One that came while that was written waits for the next round.
      if (pending.count === 0 && this.#pending.get(key) === pending) this.#pending.delete(key);
    }
  }

  async #tellRest(pending: Pending): Promise<void> {
    const { count, refusal } = pending;
    if (count === 0) return;
    pending.count = 0;
    try {
      await this.#tell(refusal, count);
    } catch (error) {
      pending.count += count;
      throw error;
    }
  }

  /** Under which key it is counted, and as what. */
  #placeOf(refused: Refusal): { readonly key: string; readonly refusal: Refusal } {
    const username = refused.username.slice(0, LONGEST_NAME);
    const { action, reason, actor } = refused;
    const key = JSON.stringify([action, reason, networkOf(actor.address), username]);
    if (this.#pending.has(key) || this.#pending.size < MOST_KEYS) {
      return { key, refusal: { ...refused, username, actor: { ...actor, username } } };
    }
    const nobody = { userId: '', username: '', address: '', requestId: '' };
    return {
      key: JSON.stringify([action, reason]),
      refusal: { action, reason, username: '', actor: nobody },
    };
  }

  #tell({ action, actor, username, reason }: Refusal, count: number): Promise<void> {
    return this.#trail.record(actor, {
      action,
      outcome: 'refused',
      target: { kind: 'user', id: actor.userId, name: username },
      after: { count },
      reason,
    });
  }
}
