import { setImmediate as nextTurn } from 'node:timers/promises';
import { DomainError } from '../../../shared/domain/domain-error.js';
import { OneByOne } from '../../../shared/lifecycle/one-by-one.js';
import { withinTime } from '../../../shared/lifecycle/within-time.js';
import type { ChainHead } from '../../domain/audit-chain.js';
import { type ChainCheck, checkEnd, checkEntries, NOTHING_CHECKED } from '../../domain/audit-chain-check.js';
import type { AuditEntry } from '../../domain/audit-entry.js';
import type { AuditLog, AuditQuery } from '../../ports/audit-log.js';

/** So many are hashed in a few milliseconds; between them others have their turn. */
const CHECKED_AT_ONCE = 200;
const CHECK_LIMIT_MS = 10 * 60_000;

/** Checks that may wait for the one that runs: each reads the whole log. */
const MOST_CHECKS = 2;

export interface AuditPage {
  readonly entries: readonly AuditEntry[];
  /** The sequence that the next page starts behind; undefined on the last page. */
  readonly next: number | undefined;
}

/** Reads the audit log and checks its chain. */
export class AuditService {
  readonly #log: AuditLog;
  readonly #checks = new OneByOne('what the audit log is checked for', MOST_CHECKS);

  constructor(log: AuditLog) {
    this.#log = log;
  }

  /** Newest first. */
  async newest(query: AuditQuery, limit: number): Promise<AuditPage> {
    return pageOf(await this.#log.find(query, limit + 1), limit);
  }

  /** Everything in the order in which it was entered, for whoever checks the chain on their own machine. */
  async oldest(behindSequence: number, limit: number): Promise<AuditPage> {
    return pageOf(await this.#log.inOrder(behindSequence + 1, limit + 1), limit);
  }

  /**
   * Walks the whole chain, in pages. One check at a time; `throttled` when others wait already.
   *
   * @param known An end of the chain that the caller saw earlier.
   */
  check(known: ChainHead | undefined, signal: AbortSignal): Promise<ChainCheck> {
    return this.#checks.run(() =>
      withinTime(CHECK_LIMIT_MS, signal, (limited) => this.#walk(known, limited)),
    );
  }

  async #walk(known: ChainHead | undefined, signal: AbortSignal): Promise<ChainCheck> {
    let check = NOTHING_CHECKED;
    while (check.firstFault === undefined) {
      if (signal.aborted) throw new DomainError('unavailable', 'the check of the audit log was broken off');
      const entries = await this.#log.inOrder(check.head.sequence + 1, CHECKED_AT_ONCE);
      if (entries.length === 0) break;
      check = checkEntries(check, entries, known);
      await nextTurn();
    }
    return checkEnd(check, known);
  }
}

function pageOf(found: readonly AuditEntry[], limit: number): AuditPage {
  const entries = found.slice(0, limit);
  return { entries, next: found.length > limit ? entries.at(-1)?.sequence : undefined };
}
