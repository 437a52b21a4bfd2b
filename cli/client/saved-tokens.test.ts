import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../shared/lifecycle/clock.js';
import { temporaryFolder } from '../../tests/support/temporary-folder.js';
import { CredentialsFile, type SavedSession, withSession } from './credentials-file.js';
import { Refusal } from './refusal.js';
import { continued, SavedTokens } from './saved-tokens.js';
import { tokensOf } from './tokens.js';

const server = 'http://server';
const HOUR_MS = 3_600_000;

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let file: CredentialsFile;
beforeEach(async () => {
  folder = await temporaryFolder();
  file = new CredentialsFile(folder.path);
});
afterEach(() => folder.remove());

async function signedIn(changes: Partial<SavedSession> = {}): Promise<void> {
  const session = {
    username: 'ann',
    accessToken: 'access-0',
    validUntil: 0,
    refreshToken: 'refresh-0',
    ...changes,
  };
  await file.change((before) => withSession(before, server, session));
}

/** A server that takes each refresh token once, as the manager does. */
class RotatingServer {
  refreshes = 0;
  failure: Error | undefined;

  async refresh(refreshToken: string): Promise<unknown> {
    if (this.failure !== undefined) throw this.failure;
    await new Promise((resolve) => setTimeout(resolve, 5));
    if (refreshToken !== `refresh-${this.refreshes}`) throw refused();
    this.refreshes++;
    return { accessToken: token(this.refreshes), refreshToken: `refresh-${this.refreshes}` };
  }

  tokens(): SavedTokens {
    return new SavedTokens({ file, server, refresh: (token) => this.refresh(token), clock: systemClock });
  }
}

function token(number: number): string {
  const payload = Buffer.from(JSON.stringify({ iat: 1_000, exp: 1_900, number })).toString('base64url');
  return `header.${payload}.signature`;
}

function refused(): Refusal {
  return new Refusal('refresh token revoked', {
    status: 401,
    code: 'unauthenticated',
    details: [],
    data: {},
    requestId: 'r-1',
  });
}

describe('SavedTokens', () => {
  it('gives a token that is good for a while without asking anybody', async () => {
    await signedIn({ validUntil: Date.now() + HOUR_MS });
    const rotating = new RotatingServer();

    expect(await rotating.tokens().current()).toBe('access-0');
    expect(rotating.refreshes).toBe(0);
  });

  it('refreshes one that is near its end, and keeps the new pair', async () => {
    await signedIn();
    const rotating = new RotatingServer();

    expect(await rotating.tokens().current()).toBe(token(1));
    expect((await file.read()).servers[server]).toMatchObject({ refreshToken: 'refresh-1', username: 'ann' });
    expect(await rotating.tokens().current()).toBe(token(1));
  });

  it('refreshes once for many commands at one time', async () => {
    await signedIn();
    const rotating = new RotatingServer();

    const tokens = await Promise.all(Array.from({ length: 8 }, () => rotating.tokens().current()));

    expect(new Set(tokens)).toEqual(new Set([token(1)]));
    expect(rotating.refreshes).toBe(1);
  });

  it('replaces a token that the server refused, unless another command has done it', async () => {
    await signedIn({ validUntil: Date.now() + HOUR_MS });
    const rotating = new RotatingServer();

    const renewed = await Promise.all([1, 2, 3].map(() => rotating.tokens().renewed('access-0')));

    expect(renewed).toEqual([token(1), token(1), token(1)]);
    expect(rotating.refreshes).toBe(1);
  });

  it('says that the session has ended when the server says so, and forgets it', async () => {
    await signedIn({ refreshToken: 'an old one' });
    const rotating = new RotatingServer();

    await expect(rotating.tokens().current()).rejects.toThrow(/your session at http:\/\/server has ended/);
    await expect(rotating.tokens().current()).rejects.toThrow(/you are not signed in/);
  });

  it('keeps the session when the server could not be asked', async () => {
    await signedIn();
    const rotating = new RotatingServer();
    rotating.failure = new Error('connection refused');

    await expect(rotating.tokens().current()).rejects.toThrow('connection refused');
    expect((await file.read()).servers[server]?.refreshToken).toBe('refresh-0');
  });

  it('uses a token without a refresh token as long as the server takes it', async () => {
    await file.change((before) =>
      withSession(before, server, { username: 'ann', accessToken: 'only', validUntil: 0 }),
    );
    const rotating = new RotatingServer();

    expect(await rotating.tokens().current()).toBe('only');
    expect(await rotating.tokens().renewed('only')).toBeUndefined();
  });
});

describe('continued', () => {
  it('plans by the lifetime of the token, not by clocks that must agree', () => {
    const nowMs = 5_000_000;

    expect(continued({}, tokensOf({ token: token(1) }), nowMs).validUntil).toBe(nowMs + 900_000 - 60_000);
    expect(continued({}, tokensOf({ token: 'opaque' }), nowMs).validUntil).toBe(nowMs + 30_000);
  });
});
