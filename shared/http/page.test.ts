import { describe, expect, it } from 'vitest';
import { pageOf, pageQuery } from './page.js';

const items = ['c', 'a', 'e', 'b', 'd'].map((id) => ({ id }));

describe('pageOf', () => {
  it('gives the whole list, as it is, when no page is asked for', () => {
    expect(pageOf(items, {})).toEqual({ items });
  });

  it('walks through everything once', () => {
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const page = pageOf(items, { limit: 2, ...(cursor === undefined ? {} : { cursor }) });
      seen.push(...page.items.map(({ id }) => id));
      cursor = page.nextCursor;
    } while (cursor !== undefined);

    expect(seen).toEqual(['a', 'b', 'c', 'd', 'e']);
  });

  it('goes on where it was when the last item seen is gone', () => {
    const { nextCursor } = pageOf(items, { limit: 2 });
    const fewer = items.filter(({ id }) => id !== 'b');

    expect(pageOf(fewer, { limit: 2, cursor: nextCursor }).items.map(({ id }) => id)).toEqual(['c', 'd']);
  });

  it('refuses a cursor that was never given out', () => {
    expect(() => pageOf(items, { limit: 2, cursor: '\u0000' })).toThrow(
      expect.objectContaining({ code: 'invalid' }),
    );
  });
});

describe('limit', () => {
  it('is a number of items', () => {
    expect(pageQuery.parse({ limit: '500' })).toEqual({ limit: 500 });
    expect(pageQuery.parse({})).toEqual({});
  });

  it.each(['0', '-1', '501', '1.5', '1e2', 'abc', '', ' 5'])(
    'refuses %j and says what it may be',
    (limit) => {
      expect(pageQuery.safeParse({ limit }).error?.issues).toMatchObject([
        { message: `must be a whole number from 1 to 500, found ${JSON.stringify(limit)}` },
      ]);
    },
  );
});
