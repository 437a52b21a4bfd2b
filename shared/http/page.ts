import { z } from '@hono/zod-openapi';
import { DomainError } from '../domain/domain-error.js';

const LARGEST_PAGE = 500;

/** `limit` of a list, refused in our words: every other fault of a query is told in them. */
export const pageLimit = z.string().transform((text, context) => {
  const limit = /^\d{1,9}$/.test(text) ? Number(text) : 0;
  if (limit >= 1 && limit <= LARGEST_PAGE) return limit;
  context.addIssue(
    `must be a whole number from 1 to ${LARGEST_PAGE}, found ${JSON.stringify(text.slice(0, 20))}`,
  );
  return z.NEVER;
});

/** What the document says of `pageLimit`. */
export const PAGE_LIMIT_DOCUMENT = { type: 'integer', minimum: 1, maximum: LARGEST_PAGE } as const;

/** Query of a list that can be read in pages (DESIGN 6): without `limit` the answer is whole. */
export const pageQuery = z.object({
  limit: pageLimit.optional().openapi({ ...PAGE_LIMIT_DOCUMENT, description: 'Items on a page' }),
  cursor: z.string().optional().openapi({ description: '`nextCursor` of the page before' }),
});

export type PageQuery = z.output<typeof pageQuery>;

export interface Page<Item> {
  readonly items: readonly Item[];
  /** Left out on the last page. */
  readonly nextCursor?: string;
}

/**
 * One page of a list. The cursor holds the id of the last item seen, so pages stay right while items come and go.
 * Items are ordered by id only when a page is asked for.
 */
export function pageOf<Item extends { readonly id: string }>(
  items: readonly Item[],
  query: PageQuery,
): Page<Item> {
  const { limit, cursor } = query;
  if (limit === undefined && cursor === undefined) return { items };
  const after = cursor === undefined ? '' : decodeCursor(cursor);
  const rest = items.filter(({ id }) => id > after).sort((a, b) => (a.id < b.id ? -1 : 1));
  const page = rest.slice(0, limit ?? rest.length);
  const last = page.at(-1);
  if (last === undefined || page.length === rest.length) return { items: page };
  return { items: page, nextCursor: Buffer.from(last.id).toString('base64url') };
}

function decodeCursor(cursor: string): string {
  const id = Buffer.from(cursor, 'base64url').toString('utf8');
  if (/^[\x21-\x7e]{1,256}$/.test(id)) return id;
  throw new DomainError('invalid', 'cursor must be the nextCursor of an earlier page', {
    details: [{ field: 'cursor', reason: 'is not the nextCursor of an earlier page' }],
  });
}
