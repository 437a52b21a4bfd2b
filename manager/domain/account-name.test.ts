import { describe, expect, it } from 'vitest';
import { nameFaults, twinOf } from './account-name.js';

describe('the name of a user or role', () => {
  it.each(['ann', 'ann@example.com', 'Änn O’Neil', '山田', '__proto__', '$gt', 'a'.repeat(128)])(
    'may be %j',
    (name) => {
      expect(nameFaults('username', name)).toEqual([]);
    },
  );

  it.each([
    '',
    ' ann',
    'ann ',
    'a\nb',
    'a\u0000b',
    'a\u202eb',
    'a\u200bb',
    '\ud800',
    'a\u2028b',
    'a'.repeat(129),
  ])('may not be %j', (name) => {
    expect(nameFaults('username', name)).toMatchObject([{ field: 'username' }]);
  });

  it('has a twin that differs in case or in the form of its characters', () => {
    const names = ['Ann', 'caf\u00e9', 'fi'];

    expect(twinOf('aNN', names)).toBe('Ann');
    expect(twinOf('cafe\u0301', names)).toBe('caf\u00e9');
    expect(twinOf('\ufb01', names)).toBe('fi');
    expect(twinOf('anne', names)).toBeUndefined();
  });
});
