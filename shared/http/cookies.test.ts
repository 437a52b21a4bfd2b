import { describe, expect, it } from 'vitest';
import { cookieValue, setCookie } from './cookies.js';

describe('cookies', () => {
  it('are for no script, and for one path', () => {
    const cookie = { name: 'a', value: 'b', path: '/c', maxAgeSec: 5, sameSite: 'Lax' } as const;

    expect(setCookie({ ...cookie, secure: false })).toBe('a=b; Path=/c; Max-Age=5; HttpOnly; SameSite=Lax');
    expect(setCookie({ ...cookie, secure: true })).toMatch(/; Secure$/);
  });

  it.each([
    [undefined, undefined],
    ['', undefined],
    ['a=1', '1'],
    ['x=2; a=1; a=3', '1'],
    ['aa=2;a=b=c', 'b=c'],
    ['a', undefined],
    ['xa=1', undefined],
  ])('are found in %j: %j', (header, value) => expect(cookieValue(header, 'a')).toBe(value));
});
