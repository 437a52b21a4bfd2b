import { describe, expect, it } from 'vitest';
import { timeArgument } from './audit-commands.js';

describe('timeArgument', () => {
  it('takes a time, or how long ago', () => {
    expect(timeArgument('2026-01-01T01:00:00+01:00')).toBe('2026-01-01T00:00:00.000Z');
    expect(Date.now() - Date.parse(timeArgument('2h'))).toBeCloseTo(7_200_000, -4);
  });

  it.each(['', 'yesterday', '5w', '-1h', '2026-13-01'])('refuses %j', (text) => {
    expect(() => timeArgument(text)).toThrow(/must be a time/);
  });
});
