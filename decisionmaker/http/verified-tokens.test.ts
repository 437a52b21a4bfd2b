import { describe, expect, it } from 'vitest';
import { VerifiedTokens } from './verified-tokens.js';

const CALLER = { principal: { kind: 'manager', subject: 'm' }, expiresAtMs: 1_000 } as const;

describe('VerifiedTokens', () => {
  it('knows a token until it expires', () => {
    const tokens = new VerifiedTokens();
    tokens.remember('t', CALLER, 1);

    expect(tokens.find('t', 999, 1)).toBe(CALLER.principal);
    expect(tokens.find('t', 1_000, 1)).toBeUndefined();
  });

  it('knows none from before the trusted keys changed', () => {
    const tokens = new VerifiedTokens();
    tokens.remember('t', CALLER, 1);

    expect(tokens.find('t', 0, 2)).toBeUndefined();
  });

  it('keeps to its size', () => {
    const tokens = new VerifiedTokens();
    for (let number = 0; number < 65; number++) tokens.remember(`t${number}`, CALLER, 1);

    expect(tokens.find('t0', 0, 1)).toBeUndefined();
    expect(tokens.find('t1', 0, 1)).toBeDefined();
    expect(tokens.find('t64', 0, 1)).toBeDefined();
  });
});
