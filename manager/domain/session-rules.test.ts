import { describe, expect, it } from 'vitest';
import type { Session } from './session.js';
import { expiryOf, judgeRefresh, revoked, sessionsToEnd } from './session-rules.js';

const SESSION: Session = {
  id: 'a'.repeat(24),
  userId: 'b'.repeat(24),
  tokenHash: 'newest',
  previousTokenHash: 'previous',
  tokenVersion: 1,
  address: '',
  client: '',
  createdTime: 1_000,
  rotatedTime: 50_000,
  expiresTime: 100_000,
  revokedTime: 0,
  revision: 2,
};

describe('a refresh token', () => {
  it.each([
    ['the newest one', 'newest', 55_000, 'current'],
    ['the one before, at once', 'previous', 59_999, 'repeated'],
    ['the one before, later', 'previous', 60_000, 'reused'],
    ['an older one', 'older', 50_001, 'reused'],
    ['any of an expired session', 'newest', 100_000, 'over'],
  ])('%s is judged', (_title, hash, nowMs, verdict) => {
    expect(judgeRefresh(SESSION, hash, nowMs, 10_000)).toBe(verdict);
  });

  it('of a revoked session is over, whichever it is', () => {
    const ended = revoked(SESSION, 51_000);

    expect(judgeRefresh(ended, 'newest', 52_000, 10_000)).toBe('over');
    expect(judgeRefresh(ended, 'older', 52_000, 10_000)).toBe('over');
    expect(ended.revision).toBe(3);
  });

  it('that was replaced has no grace where there is none, and an empty hash fits nothing', () => {
    expect(judgeRefresh(SESSION, 'previous', 50_000, 0)).toBe('reused');
  });

  it('never lives longer than its session', () => {
    const lifetimes = { refreshMs: 10_000, sessionMs: 25_000 };

    expect([1_000, 11_000, 20_000].map((nowMs) => expiryOf(1_000, nowMs, lifetimes))).toEqual([
      11_000, 21_000, 26_000,
    ]);
  });
});

describe('sessions of one user', () => {
  it('make room for one more, oldest first, and only as many as run', () => {
    const list = ['1', '2', '3', '4'].map((id) => ({ ...SESSION, id }));
    const [first = SESSION, ...others] = list;

    expect(sessionsToEnd(list, 3, 60_000).map(({ id }) => id)).toEqual(['1', '2']);
    expect(sessionsToEnd([revoked(first, 1), ...others], 3, 60_000).map(({ id }) => id)).toEqual(['2']);
    expect(sessionsToEnd(list, 5, 60_000)).toEqual([]);
  });
});
