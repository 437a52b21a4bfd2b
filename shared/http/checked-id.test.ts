import { describe, expect, it } from 'vitest';
import { checkedId, checkedIds } from './checked-id.js';

const ID = '0123456789abcdef01234567';

function refusalOf(check: () => unknown): unknown {
  try {
    return check();
  } catch (error) {
    return error;
  }
}

describe('an id in a request', () => {
  it('is 24 lower-case hex digits', () => {
    expect(checkedId('userID', ID)).toBe(ID);
  });

  it.each(['', 'x', ID.toUpperCase(), `${ID}0`, `${ID}\n`])('is refused with its field as %j', (id) => {
    expect(refusalOf(() => checkedId('userID', id))).toMatchObject({
      code: 'invalid',
      details: [{ field: 'userID' }],
    });
  });

  it('that is missing or malformed is refused in the words of its route', () => {
    const texts = { missing: 'Strategy ID is required', malformed: 'invalid strategy ID' };

    expect(refusalOf(() => checkedId('id', '', texts))).toMatchObject({
      code: 'malformed',
      message: texts.missing,
    });
    expect(refusalOf(() => checkedId('id', 'x', texts))).toMatchObject({
      code: 'invalid',
      message: texts.malformed,
    });
  });
});

describe('ids in a request', () => {
  it('are refused with every place that holds none', () => {
    expect(checkedIds('intentIds', [ID], 'none')).toEqual([ID]);
    expect(refusalOf(() => checkedIds('intentIds', [], 'none'))).toMatchObject({ code: 'malformed' });
    expect(refusalOf(() => checkedIds('intentIds', ['x', ID, 'y'], 'none'))).toMatchObject({
      code: 'invalid',
      details: [{ field: 'intentIds[0]' }, { field: 'intentIds[2]' }],
    });
  });
});
