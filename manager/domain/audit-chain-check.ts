import { type ChainHead, entryHash, NO_HASH } from './audit-chain.js';
import type { AuditEntry } from './audit-entry.js';

/** The first thing that is wrong with a chain. */
export interface ChainFault {
  /** Where it was noticed. */
  readonly sequence: number;
  readonly reason: string;
}

/** How far a chain has been checked. */
export interface ChainCheck {
  /** How many entries were found good. */
  readonly entries: number;
  /** The last good one; 0 and 64 zeros before the first. */
  readonly head: ChainHead;
  readonly firstFault?: ChainFault;
}

export const NOTHING_CHECKED: ChainCheck = { entries: 0, head: { sequence: 0, hash: NO_HASH } };

/**
 * Goes on with a check by the next entries in the order of their sequence. Stops at the first fault: nothing behind it
 * can be trusted.
 *
 * @param known An end of the chain that was seen earlier: its entry must still be the same.
 */
export function checkEntries(
  soFar: ChainCheck,
  entries: Iterable<AuditEntry>,
  known?: ChainHead | undefined,
): ChainCheck {
  let check = soFar;
  for (const entry of entries) {
    if (check.firstFault !== undefined) return check;
    const firstFault = faultOf(entry, check.head, known);
    check =
      firstFault === undefined
        ? { entries: check.entries + 1, head: { sequence: entry.sequence, hash: entry.hash } }
        : { ...check, firstFault };
  }
  return check;
}

/**
 * The verdict after the last entry. That the newest entries were removed cannot be seen from the others: only
 * somebody who knows an earlier end of the chain notices.
 */
export function checkEnd(check: ChainCheck, known?: ChainHead | undefined): ChainCheck {
  if (check.firstFault !== undefined || known === undefined || known.sequence <= check.head.sequence)
    return check;
  const sequence = check.head.sequence + 1;
  const reason = `is missing: the log was known to reach entry ${known.sequence}, and its end was cut off`;
  return { ...check, firstFault: { sequence, reason } };
}

/** What a store gives is not believed to be an entry: somebody may have written anything there. */
function faultOf(
  entry: AuditEntry | string | null,
  head: ChainHead,
  known: ChainHead | undefined,
): ChainFault | undefined {
  const sequence = head.sequence + 1;
  if (typeof entry !== 'object' || entry === null) return { sequence, reason: 'is no entry' };
  if (entry.sequence !== sequence) {
    return { sequence, reason: `is missing: in its place stands entry ${JSON.stringify(entry.sequence)}` };
  }
  if (entryHash(entry) !== entry.hash) {
    return { sequence, reason: 'was altered: its content does not have the hash that it carries' };
  }
  if (entry.previousHash !== head.hash) {
    const reason = 'does not follow the entry before it: one of the two was exchanged';
    return { sequence, reason };
  }
  if (known?.sequence === sequence && known.hash !== entry.hash) {
    return { sequence, reason: 'is another entry than the one that was known to stand here' };
  }
  return undefined;
}
