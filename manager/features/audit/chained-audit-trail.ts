import { DomainError, messageOf } from '../../../shared/domain/domain-error.js';
import type { Clock } from '../../../shared/lifecycle/clock.js';
import type { Component } from '../../../shared/lifecycle/component.js';
import type { Logger } from '../../../shared/observability/logger.js';
import { type ChainHead, nextEntry } from '../../domain/audit-chain.js';
import type { AuditActor, AuditEntry, AuditEvent } from '../../domain/audit-entry.js';
import { asKept, secretsIn, withoutSecrets } from '../../domain/audit-facts.js';
import type { AuditLog } from '../../ports/audit-log.js';
import type { AuditTrail } from '../../ports/audit-trail.js';
import type { AuditMetrics } from './audit-metrics.js';

/** Events that are not in the log yet. Beyond this one is lost, which is counted and logged. */
const MOST_WAITING = 20_000;

/** Entries in one write: what waited while the write before was on its way. */
const MOST_AT_ONCE = 256;

/** Another manager on the same store may take a sequence first; this often in a row is something else. */
const MOST_TRIES = 20;

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 2_000;

interface Waiting {
  readonly timeMs: number;
  readonly actor: AuditActor;
  readonly event: AuditEvent;
  resolve: () => void;
  reject: (error: DomainError) => void;
}

/**
 * Links every entry to the one before it. Events that come while a write is on its way are chained and written
 * together, so that a thousand writers wait for a few writes and not for a thousand. What could not be written stays
 * here and is written when the store is back; whoever waits for it is told so.
 */
export class ChainedAuditTrail implements AuditTrail, Component {
  readonly name = 'audit trail';
  readonly #log: AuditLog;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #metrics: AuditMetrics;
  readonly #waiting: Waiting[] = [];
  readonly #end = new AbortController();
  #last: ChainHead | undefined;
  #told: ChainHead | undefined;
  /** Written, or perhaps not: its write failed, which says nothing about what the store did. */
  #doubtful: readonly AuditEntry[] = [];
  #writing: Promise<void> | undefined;

  constructor(log: AuditLog, clock: Clock, logger: Logger, metrics: AuditMetrics) {
    this.#log = log;
    this.#clock = clock;
    this.#logger = logger;
    this.#metrics = metrics;
    metrics.watchWaiting(() => this.#waiting.length);
  }

  /**
   * Tells the program's log where the chain ends, if it grew: whoever keeps that log elsewhere can find by it that the
   * newest entries were cut off.
   */
  tellHead(): void {
    if (this.#last === undefined || this.#last.hash === this.#told?.hash) return;
    this.#told = this.#last;
    const { sequence, hash } = this.#last;
    this.#logger.info({ sequence, hash }, 'the audit log reaches here');
  }

  record(actor: AuditActor, event: AuditEvent): Promise<void> {
    if (this.#waiting.length >= MOST_WAITING || this.#end.signal.aborted) return this.#lose(event);
    const secrets = secretsIn(event);
    if (secrets.length > 0)
      this.#logger.error({ action: event.action, secrets }, 'left out of the audit log');
    const told = secrets.length > 0 ? withoutSecrets(event) : event;
    return new Promise((resolve, reject) => {
      const timeMs = this.#clock.now();
      this.#waiting.push({ timeMs, actor: asKept(actor), event: asKept(told), resolve, reject });
      this.#writing ??= this.#write();
    });
  }

  async start(): Promise<void> {}

  /** Writes what waits, as far as the store takes it before the time for stopping is over. */
  async stop(signal: AbortSignal): Promise<void> {
    const end = () => this.#end.abort();
    if (signal.aborted) end();
    signal.addEventListener('abort', end, { once: true });
    await this.#writing;
    signal.removeEventListener('abort', end);
    end();
    this.tellHead();
    const entries = this.#waiting.length;
    if (entries > 0) this.#logger.error({ entries }, 'changes that were made are missing from the audit log');
  }

  async #write(): Promise<void> {
    let failures = 0;
    let conflicts = 0;
    while (this.#waiting.length > 0 && !this.#end.signal.aborted) {
      try {
        await this.#writeGroup();
        failures = 0;
        conflicts = 0;
      } catch (error) {
        this.#last = undefined;
        const isConflict = error instanceof DomainError && error.code === 'conflict';
        if (isConflict && ++conflicts < MOST_TRIES) continue;
        this.#metrics.failed();
        this.#logger.error(
          { reason: messageOf(error), entries: this.#waiting.length },
          'audit log not written, trying again',
        );
        this.#tellAll(notYetRecorded(error));
        await this.#clock.sleep(
          Math.min(FIRST_PAUSE_MS * 2 ** failures++, LONGEST_PAUSE_MS),
          this.#end.signal,
        );
      }
    }
    // In the same turn in which nothing was left to write: what is told a turn later must find no writer here.
    this.#writing = undefined;
  }

  async #writeGroup(): Promise<void> {
    await this.#settleDoubt();
    let previous = this.#last ?? (await this.#log.last());
    const entries = this.#waiting.slice(0, MOST_AT_ONCE).map(({ timeMs, actor, event }) => {
      const entry = nextEntry(previous, timeMs, actor, event);
      previous = entry;
      return entry;
    });
    if (entries.length === 0) return;
    this.#doubtful = entries;
    await this.#log.insertMany(entries);
    this.#written(entries);
  }

  /** A write that failed may still have been made, in whole or (of several statements) the first part of it. */
  async #settleDoubt(): Promise<void> {
    const doubtful = this.#doubtful;
    const [first] = doubtful;
    if (first === undefined) return;
    const stored = await this.#log.inOrder(first.sequence, doubtful.length);
    const missing = doubtful.findIndex(({ hash }, index) => stored[index]?.hash !== hash);
    this.#written(missing === -1 ? doubtful : doubtful.slice(0, missing));
  }

  #written(entries: readonly AuditEntry[]): void {
    this.#doubtful = [];
    this.#last = entries.at(-1) ?? this.#last;
    for (const { resolve } of this.#waiting.splice(0, entries.length)) resolve();
  }

  /** They stay in line, but nobody waits for them any longer. */
  #tellAll(error: DomainError): void {
    for (const waiting of this.#waiting) {
      waiting.reject(error);
      waiting.reject = () => {};
    }
  }

  #lose({ action, target }: AuditEvent): Promise<never> {
    this.#metrics.lost();
    this.#logger.error({ action, target }, 'a change that was made is missing from the audit log');
    const text = 'the change was made, but the audit log could not take it in: tell an administrator';
    return Promise.reject(new DomainError('unavailable', text));
  }
}

function notYetRecorded(cause: unknown): DomainError {
  const text =
    'the change was made, but is not in the audit log yet, which cannot be written now: it will be entered when ' +
    'the store is back; look at how things stand before you try again';
  return new DomainError('unavailable', text, { cause });
}
