import type { ChainHead } from '../../manager/domain/audit-chain.js';
import {
  type ChainCheck,
  checkEnd,
  checkEntries,
  NOTHING_CHECKED,
} from '../../manager/domain/audit-chain-check.js';
import type { AuditEntry } from '../../manager/domain/audit-entry.js';
import { DomainError } from '../../shared/domain/domain-error.js';
import { itemOf, itemsOf, textOf } from '../client/answers.js';
import type { CommandContext } from '../commands/command-context.js';
import { ExitCode } from '../exit-code.js';
import { EXIT } from '../exit-codes.js';
import { AuditHeads } from './audit-heads.js';

const PAGE = 500;

export interface VerifyFlags {
  readonly head?: string;
  readonly forget?: boolean;
}

/**
 * Works out the chain on this machine, from the entries as the server gives them: a manager that was tampered with
 * cannot say that all is well. That the end was cut off shows against the end that the last check here saw.
 */
export async function verifyAudit(context: CommandContext, flags: VerifyFlags): Promise<void> {
  const { credentials, server, out } = context;
  const heads = new AuditHeads(await credentials.folder());
  const remembered = flags.forget === true ? undefined : await heads.of(server.url);
  const given = flags.head === undefined ? undefined : parseHead(flags.head);
  const known = [remembered, given].filter((head) => head !== undefined);

  const checks = await checkedAgainst(context, known);
  const check = checks.find(({ firstFault }) => firstFault !== undefined) ?? checks[0] ?? NOTHING_CHECKED;

  const { entries, head, firstFault } = check;
  if (!out.isForPeople) await out.done({ valid: firstFault === undefined, ...check }, '');
  else if (firstFault === undefined) {
    out.line(`${entries} ${entries === 1 ? 'entry' : 'entries'}, none missing or altered.`);
    out.line(`head ${head.sequence}:${head.hash}`);
    if (remembered === undefined)
      out.note('This head is remembered: the next check notices when the end is cut off.');
  } else {
    out.line(`Entry ${firstFault.sequence} ${firstFault.reason}.`, 'red');
    out.line(`${entries} ${entries === 1 ? 'entry' : 'entries'} before it can be trusted.`);
    if (remembered !== undefined) {
      out.note('If the log was begun anew on purpose: `podium audit verify --forget`.');
    }
  }
  if (firstFault !== undefined) throw new ExitCode(EXIT.failure);
  await heads.remember(server.url, head);
}

/** One check for each end that is known, at least one, over all entries. */
async function checkedAgainst(
  { api, signal }: CommandContext,
  known: readonly ChainHead[],
): Promise<readonly ChainCheck[]> {
  const ends = known.length === 0 ? [undefined] : known;
  let checks: readonly ChainCheck[] = ends.map(() => NOTHING_CHECKED);
  let cursor: string | undefined;
  do {
    signal.throwIfAborted();
    const page = await api.get('/api/v1/audit', { order: 'oldest', limit: PAGE, cursor });
    const entries = itemsOf(page, 'entries') as readonly unknown[] as readonly AuditEntry[];
    checks = checks.map((check, index) => checkEntries(check, entries, ends[index]));
    const next = textOf(itemOf(page), 'nextCursor') || undefined;
    if (next !== undefined && next === cursor) {
      throw new DomainError('unavailable', 'the server gives the same page of the log again and again');
    }
    cursor = next;
  } while (cursor !== undefined && checks.some(({ firstFault }) => firstFault === undefined));
  return checks.map((check, index) => checkEnd(check, ends[index]));
}

function parseHead(text: string): ChainHead {
  const [, sequence, hash] = /^([1-9]\d{0,14}):([0-9a-f]{64})$/.exec(text) ?? [];
  if (sequence !== undefined && hash !== undefined) return { sequence: Number(sequence), hash };
  throw new DomainError('invalid', '--head must be what an earlier check printed as its head: SEQUENCE:HASH');
}
