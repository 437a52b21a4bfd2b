import { type Command, InvalidArgumentError, Option } from 'commander';
import type { VerifyFlags } from '../audit/verify-audit.js';
import { itemOf, itemsOf, textOf } from '../client/answers.js';
import { timeCell } from '../output/cells.js';
import type { Column, Item } from '../output/table.js';
import { action, apiCommand } from './api-command.js';
import type { CommandContext } from './command-context.js';

const AUDIT = '/api/v1/audit';
const PAGE = 500;

const columns: readonly Column[] = [
  { title: 'SEQUENCE', of: 'sequence' },
  { title: 'TIME', of: timeCell('time') },
  { title: 'WHO', of: ({ actor }) => textOf(itemOf(actor), 'username') },
  { title: 'FROM', of: ({ actor }) => textOf(itemOf(actor), 'address') },
  { title: 'ACTION', of: 'action' },
  { title: 'OUTCOME', of: 'outcome' },
  { title: 'TARGET', of: targetText },
  { title: 'REASON', of: 'reason' },
];

interface ListFlags {
  readonly actor?: string;
  readonly action?: string;
  readonly outcome?: string;
  readonly targetKind?: string;
  readonly targetId?: string;
  readonly requestId?: string;
  readonly since?: string;
  readonly until?: string;
  readonly limit: number;
}

/** `podium audit …`: who did what, and whether the record of it is whole. */
export function addAuditCommands(program: Command): void {
  const audit = program.command('audit').description('who did what, and whether the record of it is whole');
  apiCommand(audit, 'list', 'list what was done or refused, newest first; -o yaml shows before and after')
    .option('--actor <user>', 'by user name or id')
    .option('--action <action>', 'such as strategy.update')
    .addOption(new Option('--outcome <outcome>', 'done or refused').choices(['done', 'refused']))
    .option('--target-kind <kind>', 'such as strategy, user, role')
    .option('--target-id <id>', 'of what it was done to')
    .option('--request-id <id>', 'as an answer or an error told it')
    .option('--since <time>', 'RFC 3339, or how long ago: 30m, 12h, 7d', timeArgument)
    .option('--until <time>', 'as --since', timeArgument)
    .option('--limit <count>', 'at most so many', countArgument, 50)
    .action(action<[], ListFlags>(list));
  apiCommand(audit, 'verify', 'fetch every entry and check on this machine that none is missing or altered')
    .option('--head <sequence:hash>', 'an end of the log that you know, besides that of the last check here')
    .option('--forget', 'do not compare with the last check here: the log was begun anew')
    .action(
      action<[], VerifyFlags>(async (context, flags) => {
        const { verifyAudit } = await import('../audit/verify-audit.js');
        await verifyAudit(context, flags);
      }),
    );
}

async function list(
  { api, out }: CommandContext,
  flags: ListFlags & { readonly output: string },
): Promise<void> {
  const { actor, action: wanted, outcome, targetKind, targetId, requestId, since, until, limit } = flags;
  const filters = { actor, action: wanted, outcome, targetKind, targetId, requestId, since, until };
  const entries: Item[] = [];
  let cursor: string | undefined;
  do {
    const page = await api.get(AUDIT, { ...filters, limit: Math.min(PAGE, limit - entries.length), cursor });
    entries.push(...itemsOf(page, 'entries'));
    cursor = textOf(itemOf(page), 'nextCursor') || undefined;
  } while (cursor !== undefined && entries.length < limit);
  const data = { entries, ...(cursor === undefined ? {} : { nextCursor: cursor }) };
  await out.list(data, entries, columns, 'Nothing of the kind was recorded.');
  if (cursor !== undefined && out.isForPeople) out.note(`There is more: --limit ${limit * 2}`);
}

function targetText({ target }: Item): string {
  const { kind, name, id } = itemOf(target);
  return [kind, name || id].filter(Boolean).join(' ');
}

const AGO_MS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** A time as the API takes it. */
export function timeArgument(text: string): string {
  const [, count, unit = ''] = /^(\d{1,6})([smhd])$/.exec(text) ?? [];
  const time = count === undefined ? Date.parse(text) : Date.now() - Number(count) * (AGO_MS[unit] ?? 0);
  if (Number.isNaN(time)) {
    throw new InvalidArgumentError(
      'must be a time such as 2026-12-31T23:59:59Z, or how long ago: 30m, 12h, 7d.',
    );
  }
  return new Date(time).toISOString();
}

function countArgument(text: string): number {
  const count = /^\d{1,6}$/.test(text) ? Number(text) : 0;
  if (count > 0) return count;
  throw new InvalidArgumentError('must be a whole number from 1 to 999999.');
}
