import { DomainError, messageOf } from '../../../shared/domain/domain-error.js';
import type { Clock } from '../../../shared/lifecycle/clock.js';
import { OneByOne } from '../../../shared/lifecycle/one-by-one.js';
import { nextEntry } from '../../domain/audit-chain.js';
import type { AuditActor, AuditEntry, AuditEvent } from '../../domain/audit-entry.js';
import type { AuditLog } from '../../ports/audit-log.js';
import type { AuditTrail } from '../../ports/audit-trail.js';

/** Requests that write at the same time; each waits for those before it. */
const MOST_WAITING = 2_000;

/** Another manager on the same store may take a sequence first; this often in a row is something else. */
const MOST_TRIES = 20;

/** Links every entry to the one before it, one at a time. */
export class ChainedAuditTrail implements AuditTrail {
  readonly #log: AuditLog;
  readonly #clock: Clock;
  readonly #turns = new OneByOne('the audit log', MOST_WAITING);
  #last: AuditEntry | undefined;

  constructor(log: AuditLog, clock: Clock) {
    this.#log = log;
    this.#clock = clock;
  }

  record(actor: AuditActor, event: AuditEvent): Promise<void> {
    return this.#turns.run(() => this.#append(actor, event));
  }

  async #append(actor: AuditActor, event: AuditEvent): Promise<void> {
    for (let tries = 0; tries < MOST_TRIES; tries++) {
      this.#last ??= await this.#log.last();
      const entry = nextEntry(this.#last, this.#clock.now(), actor, event);
      try {
        await this.#log.insert(entry);
        this.#last = entry;
        return;
      } catch (error) {
        this.#last = undefined;
        if (!(error instanceof DomainError) || error.code !== 'conflict') throw unavailable(error);
      }
    }
    throw unavailable(`${MOST_TRIES} other entries came first`);
  }
}

function unavailable(cause: unknown): DomainError {
  const text = `the audit log cannot be written: ${messageOf(cause)}`;
  return new DomainError('unavailable', text, { cause });
}
