import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isRotationDue, planSigningKeys } from './signing-keys.js';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const first = { kid: 'first', createdTime: 0, activatesTime: 0 };
const second = { kid: 'second', createdTime: 10 * HOUR, activatesTime: 11 * HOUR };

function statesAt(nowMs: number): Record<string, string> {
  const plans = planSigningKeys([second, first], nowMs, 24 * HOUR);
  return Object.fromEntries(plans.map(({ kid, state }) => [kid, state]));
}

describe('planSigningKeys', () => {
  it('publishes a key before it signs and trusts the old one until its last token is dead', () => {
    expect(statesAt(10 * HOUR)).toEqual({ first: 'active', second: 'upcoming' });
    expect(statesAt(11 * HOUR)).toEqual({ first: 'retiring', second: 'active' });
    expect(statesAt(35 * HOUR - 1)).toEqual({ first: 'retiring', second: 'active' });
    expect(statesAt(35 * HOUR)).toEqual({ first: 'removed', second: 'active' });
  });

  it('tells when a key retires and is removed as soon as its successor is known', () => {
    expect(planSigningKeys([first, second], 10 * HOUR, 24 * HOUR)).toMatchObject([
      { retiresTime: 11 * HOUR, removedTime: 35 * HOUR },
      { retiresTime: undefined, removedTime: undefined },
    ]);
  });

  it('has exactly one key that signs, whatever the clock says, and never trusts less than one', () => {
    const key = fc.record({
      kid: fc.uuid(),
      createdTime: fc.nat(100_000),
      activatesTime: fc.nat(200_000),
    });
    fc.assert(
      fc.property(
        fc.array(key, { minLength: 1, maxLength: 8 }),
        fc.integer(),
        fc.nat(),
        (keys, now, life) => {
          const states = planSigningKeys(keys, now, life).map(({ state }) => state);
          expect(states.filter((state) => state === 'active')).toHaveLength(1);
        },
      ),
    );
  });
});

describe('isRotationDue', () => {
  it('asks for a new key when the active one has signed for as many days', () => {
    const at = (nowMs: number, keys = [first]) =>
      isRotationDue(planSigningKeys(keys, nowMs, 24 * HOUR), nowMs, 30);

    expect(at(30 * DAY - 1)).toBe(false);
    expect(at(30 * DAY)).toBe(true);
    expect(at(30 * DAY, [first, { kid: 'next', createdTime: 1, activatesTime: 31 * DAY }])).toBe(false);
    expect(isRotationDue(planSigningKeys([first], 99 * DAY, 1), 99 * DAY, 0)).toBe(false);
  });
});
