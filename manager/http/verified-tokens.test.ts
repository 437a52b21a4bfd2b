import type { KeyObject } from 'node:crypto';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { generateRsaKey, keyId, publicHalf } from '../../shared/auth/keys.js';
import { TokenIssuer } from '../../shared/auth/token-issuer.js';
import { systemClock } from '../../shared/lifecycle/clock.js';
import { VerifiedTokens } from './verified-tokens.js';

let signing: KeyObject;
let nowMs = Date.now();
let trusted: ReadonlyMap<string, KeyObject>;
let looks = 0;
let tokens: VerifiedTokens;
beforeAll(async () => {
  signing = await generateRsaKey();
});
beforeEach(() => {
  nowMs = Date.now();
  looks = 0;
  trusted = new Map([[keyId(signing), publicHalf(signing)]]);
  tokens = new VerifiedTokens({
    keyFor: (kid) => {
      looks++;
      return trusted.get(kid ?? '');
    },
    issuer: 'podium-manager',
    clock: { ...systemClock, now: () => nowMs },
    mostTokens: 2,
  });
});

async function issue(uid = 'a'.repeat(24)): Promise<string> {
  const { token } = await new TokenIssuer(signing, 'podium-manager', () => nowMs).issue({
    subject: uid,
    audience: 'podium-users',
    lifetimeSec: 60,
    id: '',
    claims: { uid, tokenVersion: 1, tokenType: 'access', needChangePassword: false },
  });
  return token;
}

describe('a verified token', () => {
  it('is good again, until it expires', async () => {
    const token = await issue();
    const claims = await tokens.verify(token);

    expect(claims).toMatchObject({ uid: 'a'.repeat(24), tokenType: 'access' });
    // The very same object: the signature was not looked at again.
    expect(await tokens.verify(token)).toBe(claims);
    nowMs += 91_000;
    await expect(tokens.verify(token)).rejects.toMatchObject({ code: 'unauthenticated' });
  });

  it('is worth nothing once its key is trusted no more', async () => {
    const token = await issue();
    await tokens.verify(token);

    trusted = new Map();

    await expect(tokens.verify(token)).rejects.toMatchObject({ code: 'unauthenticated' });
    expect(looks).toBe(3);
  });

  it('is verified again when many others came since', async () => {
    const first = await issue('1'.repeat(24));
    const claims = await tokens.verify(first);
    for (const digit of ['2', '3']) await tokens.verify(await issue(digit.repeat(24)));

    const again = await tokens.verify(first);

    expect(again).toEqual(claims);
    expect(again).not.toBe(claims);
  });

  it('that was altered is not one', async () => {
    const token = await issue();
    await tokens.verify(token);
    const [header, , signature] = token.split('.');
    const claims = Buffer.from(JSON.stringify({ uid: 'b'.repeat(24) })).toString('base64url');

    await expect(tokens.verify(`${header}.${claims}.${signature}`)).rejects.toMatchObject({
      code: 'unauthenticated',
    });
  });
});
