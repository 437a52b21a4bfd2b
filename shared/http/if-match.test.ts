import { describe, expect, it } from 'vitest';
import { success } from './answers.js';
import { expectedRevision, withRevision } from './if-match.js';
import type { Caller } from './route.js';

function calling(ifMatch?: string): Caller {
  return { requestId: 'r', remoteAddress: '', header: (name) => (name === 'if-match' ? ifMatch : undefined) };
}

describe('the revision that a change is based on', () => {
  it.each([
    ['"7"', undefined, 7],
    ['W/"7"', undefined, 7],
    ['7', undefined, 7],
    [undefined, 7, 7],
    [undefined, 7n, 7],
    ['"7"', 7, 7],
    ['*', undefined, undefined],
    ['*', 7, 7],
    [undefined, undefined, undefined],
  ])('is, of If-Match %s and %s in the body, %s', (header, inBody, expected) => {
    expect(expectedRevision(calling(header), inBody)).toBe(expected);
  });

  it.each([
    ['"7", "8"', undefined],
    ['"abc"', undefined],
    ['', undefined],
    ['"-1"', undefined],
    ['"7"', 8],
  ])('is refused as %s with %s in the body', (header, inBody) => {
    expect(() => expectedRevision(calling(header), inBody)).toThrow(
      expect.objectContaining({ code: 'invalid' }),
    );
  });

  it('is the tag of an answer', () => {
    expect(withRevision(success(0, {}), 3).headers).toMatchObject({
      etag: '"3"',
      'content-type': 'application/json',
    });
  });
});
