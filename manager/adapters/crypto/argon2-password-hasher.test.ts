import { hash as argon2 } from '@node-rs/argon2';
import { describe, expect, it } from 'vitest';
import { restOfWork } from './argon2-cost.js';
import { Argon2PasswordHasher } from './argon2-password-hasher.js';

/** The public parameters (contract 1.5). */
const IMPORTED = { memoryCost: 16 * 1024, timeCost: 3, parallelism: 2 };

const hasher = new Argon2PasswordHasher({ mostAtOnce: 1 });

describe('a password hash', () => {
  it('is Argon2id of our parameters and fits its password only', async () => {
    const made = await hasher.hash('correct horse battery');

    expect(made).toMatch(/^\$argon2id\$v=19\$m=32768,t=3,p=1\$/);
    expect(await hasher.verify(made, 'correct horse battery')).toBe(true);
    expect(await hasher.verify(made, 'correct horse batter')).toBe(false);
    expect(hasher.isOutdated(made)).toBe(false);
  });

  it('of the first implementation verifies, and is outdated', async () => {
    const imported = await argon2('first-pw', IMPORTED);

    expect(await hasher.verify(imported, 'first-pw')).toBe(true);
    expect(await hasher.verify(imported, 'second-pw')).toBe(false);
    expect(hasher.isOutdated(imported)).toBe(true);
  });

  it('of text that looks like a hash fits that text, not the password of that hash', async () => {
    const inner = await hasher.hash('correct horse battery');
    const outer = await hasher.hash(inner);

    expect(await hasher.verify(outer, inner)).toBe(true);
    expect(await hasher.verify(outer, 'correct horse battery')).toBe(false);
  });

  it('is the same for the same text typed composed or decomposed', async () => {
    const made = await hasher.hash('cafe\u0301 au lait');

    expect(await hasher.verify(made, 'caf\u00e9 au lait')).toBe(true);
    expect(await hasher.verify(made, 'cafe\u0301 au lait')).toBe(true);
  });

  it('of the first implementation, of decomposed text, verifies as it was typed', async () => {
    const imported = await argon2('cafe\u0301 au lait', IMPORTED);

    expect(await hasher.verify(imported, 'cafe\u0301 au lait')).toBe(true);
  });

  it.each(['', 'plain text', '$2b$12$abc', '$argon2id$v=19$m=16384,t=3,p=2$!$!'])(
    'that is none matches nothing: "%s"',
    async (stored) => {
      expect(await hasher.verify(stored, stored)).toBe(false);
      expect(await hasher.verify(stored, '')).toBe(false);
    },
  );

  it('is never made of more than anybody types, and such text is no password', async () => {
    const endless = 'x'.repeat(60_000);

    expect(await hasher.verify(await hasher.hash('correct horse battery'), endless)).toBe(false);
    await expect(hasher.hash(endless)).rejects.toThrow('at most 1024 characters');
  });
});

describe('work', () => {
  it('left after a cheaper hash is what is missing to a full one', () => {
    const full = { memoryCost: 32_768, timeCost: 3, parallelism: 1 };

    expect(restOfWork(full, IMPORTED)).toEqual({ memoryCost: 16_384, timeCost: 3, parallelism: 1 });
    expect(restOfWork(full, { ...full, timeCost: 1 })).toEqual({ ...full, memoryCost: 21_845 });
    expect(restOfWork(full, full)).toBeUndefined();
    expect(restOfWork(full, { ...full, timeCost: 9 })).toBeUndefined();
  });

  it('does not pile up: who comes when the queue is full is told when to come again', async () => {
    const narrow = new Argon2PasswordHasher({ mostAtOnce: 1, mostWaiting: 2 });

    const answers = await Promise.allSettled(Array.from({ length: 8 }, () => narrow.verifyNothing('x')));

    const refused = answers.filter(({ status }) => status === 'rejected');
    expect(refused.length).toBeGreaterThanOrEqual(4);
    expect(refused[0]).toMatchObject({ reason: { code: 'unavailable', retryAfterSec: 3 } });
  });
});
