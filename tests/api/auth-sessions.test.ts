import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { claimsIn, type SignInWorld, signInWorld } from '../support/sign-in-world.js';
import { ADMIN } from '../support/test-manager.js';

let world: SignInWorld;
beforeEach(async () => {
  world = await signInWorld();
});
afterEach(() => world.stop());

const self = (token: string) => world.call('GET', '/api/v1/users/self', undefined, { token });
const refusal = ({ status, body }: { status: number; body: { error: string } }) => [status, body.error];

describe('a sign-in', () => {
  it('gives two tokens with the public claims, and keeps only the hash of one', async () => {
    const { status, body } = await world.login(undefined, undefined, { headers: { 'user-agent': 'curl/8' } });

    expect(status).toBe(200);
    expect(body.data).toEqual({
      token: body.data.accessToken,
      accessToken: expect.any(String),
      refreshToken: expect.any(String),
      expiresAt: expect.any(Number),
    });
    const admin = await world.admin();
    const common = {
      uid: admin.id,
      sub: admin.id,
      needChangePassword: false,
      tokenVersion: admin.tokenVersion,
      iss: 'podium-manager',
      aud: 'podium-users',
      iat: expect.any(Number),
      nbf: expect.any(Number),
      exp: expect.any(Number),
    };
    const access = claimsIn(body.data.accessToken);
    const refresh = claimsIn(body.data.refreshToken);
    expect(access).toEqual({ ...common, tokenType: 'access' });
    expect(refresh).toEqual({ ...common, tokenType: 'refresh', jti: expect.any(String) });
    expect(Number(access.exp) - Number(access.iat)).toBe(900);
    expect(Number(refresh.exp) - Number(refresh.iat)).toBeCloseTo(86_400, -1);

    const [session] = await world.sessions();
    expect(session).toMatchObject({ address: '198.51.100.7', client: 'curl/8' });
    expect(JSON.stringify(session)).not.toContain(body.data.refreshToken);
    const [entry] = await world.audited('auth.login');
    expect(entry).toMatchObject({
      outcome: 'done',
      actor: { username: ADMIN.username, address: '198.51.100.7' },
    });
    expect(JSON.stringify(entry)).not.toContain('eyJ');
  });

  it('more than are kept ends the oldest session', async () => {
    const first = await world.signIn();
    for (let turn = 0; turn < 20; turn++) await world.signIn();

    expect(refusal(await world.refresh(first.refreshToken))).toEqual([401, 'refresh token revoked']);
    expect((await world.sessions()).length).toBeLessThanOrEqual(40);
  });
});

describe('a refresh', () => {
  it('gives the next pair, and the access token of before is good until it ends', async () => {
    const first = await world.signIn();
    const next = await world.refresh(first.refreshToken);

    expect(next.status).toBe(200);
    expect(next.body.data.refreshToken).not.toBe(first.refreshToken);
    expect((await self(next.body.data.accessToken)).status).toBe(200);
    expect((await self(first.accessToken)).status).toBe(200);
    world.pass(931_000);
    expect(refusal(await self(first.accessToken))).toEqual([401, 'invalid or expired token']);
    expect((await world.refresh(next.body.data.refreshToken)).status).toBe(200);
  });

  it('that comes again at once gets the same next token: there is never a second chain', async () => {
    const { refreshToken } = await world.signIn();

    const answers = await Promise.all(Array.from({ length: 100 }, () => world.refresh(refreshToken)));

    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect(new Set(answers.map(({ body }) => body.data.refreshToken)).size).toBe(1);
    expect(await world.sessions()).toMatchObject([{ revision: 2, revokedTime: 0 }]);
  });

  it('with a token that was replaced before ends the session, and says so in the audit log', async () => {
    const { refreshToken } = await world.signIn();
    const other = await world.signIn();
    const next = (await world.refresh(refreshToken)).body.data.refreshToken;
    world.pass(11_000);

    expect(refusal(await world.refresh(refreshToken))).toEqual([401, 'refresh token not found']);
    expect(refusal(await world.refresh(next))).toEqual([401, 'refresh token revoked']);
    expect(refusal(await world.refresh(refreshToken))).toEqual([401, 'refresh token revoked']);
    expect((await world.refresh(other.refreshToken)).status).toBe(200);
    const entries = await world.audited('auth.refresh_reuse');
    expect(entries).toMatchObject([{ outcome: 'refused', actor: { username: ADMIN.username } }]);
    expect(await world.metrics()).toContain('podium_manager_refreshes_total{result="reused"} 1');
  });

  it('in grace is for the last replaced token only', async () => {
    const { refreshToken } = await world.signIn();
    const second = (await world.refresh(refreshToken)).body.data.refreshToken;
    await world.refresh(second);

    expect(refusal(await world.refresh(refreshToken))).toEqual([401, 'refresh token not found']);
    expect(refusal(await world.refresh(second))).toEqual([401, 'refresh token revoked']);
  });

  it('is refused with the public texts', async () => {
    const { accessToken, refreshToken } = await world.signIn();
    const refresh = (body: unknown) => world.call('POST', '/api/v1/auth/refresh', body);

    expect(refusal(await refresh({ refreshToken: accessToken }))).toEqual([401, 'invalid refresh token']);
    expect(refusal(await refresh({ refreshToken: 'abc' }))).toEqual([401, 'invalid or expired token']);
    expect(refusal(await refresh({}))).toEqual([400, 'refreshToken is required']);
    for (const body of [
      '{',
      '',
      '[]',
      { refreshToken: 1 },
      { refreshToken: { $gt: '' } },
      { refreshToken: ['a'] },
    ]) {
      expect(refusal(await refresh(body))).toEqual([400, 'Invalid request body']);
    }
    expect(refusal(await self(refreshToken))).toEqual([401, 'invalid token type']);
  });

  it('ends with the life of its session, however often it was refreshed', async () => {
    let { refreshToken } = await world.signIn();
    for (let day = 0; day < 29; day++) {
      world.pass(86_000_000);
      const { status, body } = await world.refresh(refreshToken);
      expect(status).toBe(200);
      refreshToken = body.data.refreshToken;
    }
    const { exp, iat } = claimsIn(refreshToken);
    expect(Number(exp) - Number(iat)).toBeLessThanOrEqual(86_400);
    world.pass(86_000_000);
    const last = await world.refresh(refreshToken);
    expect(
      Number(claimsIn(last.body.data.refreshToken).exp) - Number(claimsIn(last.body.data.refreshToken).iat),
    ).toBeLessThan(14_000);
    world.pass(14_000_000);
    expect((await world.refresh(last.body.data.refreshToken)).status).toBe(401);
  });

  it('is refused as soon as the user is inactive or has another token version', async () => {
    const { refreshToken } = await world.signIn();

    await world.changeUser(ADMIN.username, { status: 2 });
    expect(refusal(await world.refresh(refreshToken))).toEqual([401, 'refresh token revoked']);
    await world.changeUser(ADMIN.username, { status: 1, tokenVersion: 99 });
    expect(refusal(await world.refresh(refreshToken))).toEqual([401, 'refresh token revoked']);
  });
});

describe('a sign-out', () => {
  const logout = (body: unknown) => world.call('POST', '/api/v1/auth/logout', body);

  it('ends its session, once and for all', async () => {
    const { refreshToken } = await world.signIn();
    const other = await world.signIn();

    const answer = await logout({ refreshToken });
    expect([answer.status, answer.body]).toEqual([200, { success: true, timestamp: expect.any(String) }]);
    expect((await logout({ refreshToken })).status).toBe(200);
    expect(refusal(await world.refresh(refreshToken))).toEqual([401, 'refresh token revoked']);
    expect((await world.refresh(other.refreshToken)).status).toBe(200);
    expect(await world.audited('auth.logout')).toHaveLength(1);
  });

  it('is refused with the public texts', async () => {
    expect(refusal(await logout({}))).toEqual([400, 'refreshToken is required']);
    expect(refusal(await logout('{'))).toEqual([400, 'Invalid request body']);
    expect(refusal(await logout({ refreshToken: 'abc' }))).toEqual([401, 'invalid or expired token']);
  });

  it('everywhere ends every token of the user', async () => {
    const first = await world.signIn();
    const second = await world.signIn();

    const answer = await world.call('POST', '/api/v1/auth/logout-all', undefined, {
      token: first.accessToken,
    });

    expect([answer.status, answer.body.data]).toEqual([200, undefined]);
    expect(refusal(await self(first.accessToken))).toEqual([401, 'token revoked']);
    expect(refusal(await self(second.accessToken))).toEqual([401, 'token revoked']);
    expect(refusal(await world.refresh(second.refreshToken))).toEqual([401, 'refresh token revoked']);
    expect(await world.audited('auth.logout_all')).toMatchObject([{ after: { sessions: 2 } }]);
    expect((await world.login()).status).toBe(200);
  });
});

describe('validate', () => {
  it('says of a good access token whose it is', async () => {
    const { accessToken } = await world.signIn();
    const validate = (token?: string) =>
      world.call('GET', '/api/v1/auth/validate', undefined, token === undefined ? {} : { token });

    expect((await validate(accessToken)).body.data).toEqual({
      valid: true,
      uid: (await world.admin()).id,
      needChangePassword: false,
    });
    expect(refusal(await validate())).toEqual([401, 'Missing Authorization header']);
    expect(refusal(await validate('abc'))).toEqual([401, 'invalid or expired token']);
    await world.changeUser(ADMIN.username, { status: 3 });
    expect(refusal(await validate(accessToken))).toEqual([403, 'password change required']);
    const all = await world.call('POST', '/api/v1/auth/logout-all', undefined, { token: accessToken });
    expect(refusal(all)).toEqual([403, 'password change required']);
  });
});

describe('a change of the own password', () => {
  it('ends every session and token, and is audited without a password', async () => {
    const { accessToken, refreshToken } = await world.signIn();
    const change = (oldPassword: unknown, newPassword: unknown) =>
      world.call('PUT', '/api/v1/users/self/password', { oldPassword, newPassword }, { token: accessToken });

    expect(refusal(await change('no', 'n'))).toEqual([401, 'invalid password']);
    expect((await change(ADMIN.password, 'password1234')).status).toBe(422);
    expect((await change({ $ne: '' }, 'x')).status).toBe(400);
    expect((await change(ADMIN.password, 'another horse, another day')).status).toBe(200);

    expect(refusal(await self(accessToken))).toEqual([401, 'token revoked']);
    expect(refusal(await world.refresh(refreshToken))).toEqual([401, 'refresh token revoked']);
    expect(await world.sessions()).toEqual([]);
    expect((await world.login()).status).toBe(401);
    expect((await world.login('another horse, another day')).status).toBe(200);
    const entries = await world.audited('user.password_change');
    expect(entries.map(({ outcome }) => outcome)).toEqual(['done', 'refused']);
    expect(JSON.stringify(entries)).not.toMatch(/horse|argon2/);
  });
});
