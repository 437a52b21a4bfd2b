import { describe, expect, it } from 'vitest';
import { parseLogQuery } from './log-query.js';

const parse = (query: string) => parseLogQuery(new URLSearchParams(query), 100_000);

describe('parseLogQuery', () => {
  it('asks for everything there is when nothing is said', () => {
    expect(parse('')).toEqual({ follow: false, previous: false, timestamps: false });
  });

  it('reads what kubectl logs sends', () => {
    expect(parse('follow=true&previous=1&timestamps=true&tailLines=0&limitBytes=10&sinceSeconds=60')).toEqual(
      {
        follow: true,
        previous: true,
        timestamps: true,
        tailLines: 0,
        limitBytes: 10,
        sinceMs: 40_000,
      },
    );
    expect(parse('sinceTime=1970-01-01T00:00:01Z&follow=false')).toMatchObject({ sinceMs: 1_000 });
  });

  it.each([
    ['follow=maybe', 'follow: must be true or false, found "maybe"'],
    ['tailLines=-1', 'tailLines: must be a whole number from 0 up, found "-1"'],
    ['limitBytes=0', 'limitBytes: must be a whole number from 1 up, found "0"'],
    ['sinceTime=yesterday', 'sinceTime: must be an RFC 3339 time, found "yesterday"'],
    ['sinceTime=1970-01-01T00:00:01Z&sinceSeconds=1', 'only one of sinceTime and sinceSeconds'],
  ])('refuses %s', (query, reason) => {
    expect(() => parse(query)).toThrow(reason);
  });
});
