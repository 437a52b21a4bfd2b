import { z } from '@hono/zod-openapi';
import { type Fault, invalid } from '../../../shared/domain/domain-error.js';
import { isHexId } from '../../../shared/domain/hex-id.js';
import { parseRfc3339 } from '../../../shared/domain/rfc-3339.js';
import { PAGE_LIMIT_DOCUMENT, pageLimit } from '../../../shared/http/page.js';
import type { ChainHead } from '../../domain/audit-chain.js';
import type { AuditQuery } from '../../ports/audit-log.js';

const DEFAULT_LIMIT = 100;

const text = (description: string) => z.string().optional().openapi({ description });

export const auditListQuery = z.object({
  actor: text('Who did it: user id or user name'),
  action: text('Such as `strategy.update`'),
  outcome: z.enum(['done', 'refused']).optional(),
  targetKind: text('Such as `strategy`, `user`, `role`, `route`'),
  targetId: text('Id of what it was done to'),
  requestId: text('The `requestId` of an answer'),
  since: text('RFC 3339, inclusive'),
  until: text('RFC 3339, exclusive'),
  order: z
    .enum(['newest', 'oldest'])
    .default('newest')
    .openapi({ description: '`oldest` gives every entry in the order of the chain, and takes no filters' }),
  limit: pageLimit.default(DEFAULT_LIMIT).openapi({ ...PAGE_LIMIT_DOCUMENT, default: DEFAULT_LIMIT }),
  cursor: text('`nextCursor` of the page before'),
});

export type AuditListQuery = z.output<typeof auditListQuery>;

export const auditCheckQuery = z.object({
  sequence: text('Of an entry that was the newest when it was looked at earlier'),
  hash: text('Of the same entry'),
});

const facts = z.record(z.string(), z.unknown());

/** An entry exactly as its hash covers it: whoever has it can work the hash out again. */
export const auditEntryView = z
  .object({
    sequence: z.int().openapi({ description: 'Counts from 1 without gaps' }),
    time: z.int().openapi({ description: 'Unix milliseconds' }),
    actor: z.object({
      userId: z.string(),
      username: z.string(),
      address: z.string().optional(),
      requestId: z.string(),
    }),
    action: z.string(),
    outcome: z.enum(['done', 'refused']),
    target: z.object({ kind: z.string(), id: z.string(), name: z.string() }),
    before: facts.optional(),
    after: facts.optional(),
    reason: z.string().optional(),
    previousHash: z.string(),
    hash: z.string().openapi({
      description: 'SHA-256 (hex) over all other fields as JSON with sorted keys and without blanks',
    }),
  })
  .openapi('AuditEntry');

export const auditListData = z.object({
  entries: z.array(auditEntryView),
  nextCursor: z.string().optional(),
});

export const auditCheckData = z
  .object({
    valid: z.boolean(),
    entries: z.int().openapi({ description: 'How many were found good' }),
    head: z
      .object({ sequence: z.int(), hash: z.string() })
      .openapi({ description: 'The last good entry: keep it, and ask with it the next time' }),
    firstFault: z.object({ sequence: z.int(), reason: z.string() }).optional(),
  })
  .openapi('AuditCheck');

/** What a list asks for, in the words of the log. Throws `invalid` with every fault. */
export function toAuditQuery(query: AuditListQuery): AuditQuery {
  const faults: Fault[] = [];
  const time = (field: 'since' | 'until') => {
    const value = query[field];
    if (value === undefined) return undefined;
    const timeMs = parseRfc3339(value);
    if (timeMs === undefined) {
      const reason = `must be an RFC 3339 time such as 2026-12-31T23:59:59Z, found ${JSON.stringify(value)}`;
      faults.push({ field, reason });
    }
    return timeMs;
  };
  const { actor, action, outcome, targetKind, targetId, requestId } = query;
  const found: AuditQuery = {
    ...(actor === undefined ? {} : isHexId(actor) ? { userId: actor } : { username: actor }),
    action,
    outcome,
    targetKind,
    targetId,
    requestId,
    sinceMs: time('since'),
    untilMs: time('until'),
  };
  if (query.order === 'oldest') {
    for (const field of FILTERS.filter((name) => query[name] !== undefined)) {
      faults.push({ field, reason: 'must be left out with order=oldest, which gives the whole chain' });
    }
  }
  if (faults.length > 0) throw invalid(faults);
  return found;
}

const FILTERS = [
  'actor',
  'action',
  'outcome',
  'targetKind',
  'targetId',
  'requestId',
  'since',
  'until',
] as const satisfies readonly (keyof AuditListQuery)[];

export function toCursor(sequence: number): string {
  return Buffer.from(String(sequence)).toString('base64url');
}

/** The sequence in a cursor; undefined without one. */
export function fromCursor(cursor: string | undefined): number | undefined {
  if (cursor === undefined) return undefined;
  const decoded = Buffer.from(cursor, 'base64url').toString('utf8');
  if (/^[1-9]\d{0,14}$/.test(decoded)) return Number(decoded);
  throw invalid([{ field: 'cursor', reason: 'is not the nextCursor of an earlier page' }]);
}

/** An end of the chain that the caller knows; both or none. */
export function toKnownHead({ sequence, hash }: z.output<typeof auditCheckQuery>): ChainHead | undefined {
  if (sequence === undefined && hash === undefined) return undefined;
  const faults: Fault[] = [];
  if (!/^[1-9]\d{0,14}$/.test(sequence ?? '')) {
    faults.push({ field: 'sequence', reason: 'must be the sequence of an entry, together with its hash' });
  }
  if (!/^[0-9a-f]{64}$/.test(hash ?? '')) {
    faults.push({
      field: 'hash',
      reason: 'must be the 64 hex digits of an entry, together with its sequence',
    });
  }
  if (faults.length > 0) throw invalid(faults);
  return { sequence: Number(sequence), hash: hash ?? '' };
}
