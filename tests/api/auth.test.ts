import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { TOKENS } from '../../manager/app/tokens.js';
import { generateRsaKey } from '../../shared/auth/keys.js';
import { TokenIssuer } from '../../shared/auth/token-issuer.js';
import { ADMIN, startTestManager, type TestManager } from '../support/test-manager.js';

let manager: TestManager;
afterEach(() => manager.stop());

describe('signing in', () => {
  it.each([
    ['a user name', { username: ADMIN.username, password: ADMIN.password }],
    ['an email', { email: ADMIN.username, password: ADMIN.password }],
    ['keys in any case', { UserName: ADMIN.username, PASSWORD: ADMIN.password }],
  ])('works with %s', async (_title, body) => {
    manager = await startTestManager();

    const answer = await manager.call('POST', '/api/v1/auth/login', body);

    expect(answer).toMatchObject({
      status: 200,
      body: { success: true, data: { token: expect.any(String), accessToken: answer.body.data.token } },
    });
    const self = await manager.call('GET', '/api/v1/users/self', undefined, answer.body.data.token);
    expect(self.body.data).toEqual({
      id: expect.stringMatching(/^[0-9a-f]{24}$/),
      username: ADMIN.username,
      roles: ['admin'],
      status: 1,
    });
  });

  it.each([
    ['a wrong password', { username: ADMIN.username, password: 'x' }, 401],
    ['an unknown user', { username: 'nobody', password: 'x' }, 401],
    ['a NoSQL operator', { username: { $gt: '' }, password: 'x' }, 400],
    ['no password', { username: ADMIN.username }, 422],
    ['an empty object', {}, 422],
    ['null', 'null', 422],
    ['an array', '[]', 400],
    ['broken JSON', '{', 400],
    ['an empty body', '', 400],
    ['a number', { username: 1, password: 'x' }, 400],
  ])('refuses %s', async (_title, body, status) => {
    manager = await startTestManager();

    const answer = await manager.call('POST', '/api/v1/auth/login', body);

    expect(answer).toMatchObject({ status, body: { success: false, requestId: expect.any(String) } });
  });

  it('says the same of an unknown user and of a wrong password', async () => {
    manager = await startTestManager();
    const wrong = await manager.call('POST', '/api/v1/auth/login', {
      username: ADMIN.username,
      password: 'x',
    });
    const unknown = await manager.call('POST', '/api/v1/auth/login', { username: 'nobody', password: 'x' });

    expect(unknown.body.error).toBe(wrong.body.error);
  });
});

describe('a token', () => {
  const self = (authorization?: string) =>
    manager.api.request('/api/v1/users/self', {
      headers: authorization === undefined ? {} : { authorization },
    });

  it.each([
    ['no header', undefined, 'Missing Authorization header'],
    ['another scheme', 'Basic eA==', 'Invalid Authorization header format'],
    ['lower-case bearer', 'bearer x', 'Invalid Authorization header format'],
    ['garbage', 'Bearer garbage', 'invalid or expired token'],
    ['two blanks', 'Bearer  x', 'invalid or expired token'],
  ])('is refused with the public text: %s', async (_title, header, text) => {
    manager = await startTestManager();

    const response = await self(header);

    expect([response.status, ((await response.json()) as { error: string }).error]).toEqual([401, text]);
  });

  it('of another key, of an agent, or of the wrong type opens nothing', async () => {
    manager = await startTestManager();
    const { kid, claims } = decode(await manager.login());
    const foreign = new TokenIssuer(await generateRsaKey(), 'podium-manager', Date.now);
    const { token } = await foreign.issue({
      subject: String(claims.sub),
      audience: 'podium-users',
      lifetimeSec: 60,
      claims,
    });

    expect(kid).toEqual(expect.any(String));
    expect((await self(`Bearer ${token}`)).status).toBe(401);
  });

  it('dies with the status of its user, at once', async () => {
    manager = await startTestManager();
    const token = await manager.login();

    await manager.changeUser(ADMIN.username, { status: 2 });

    expect((await self(`Bearer ${token}`)).status).toBe(401);
    const login = await manager.call('POST', '/api/v1/auth/login', {
      username: ADMIN.username,
      password: ADMIN.password,
    });
    expect(login).toMatchObject({ status: 401, body: { error: 'user is inactive' } });
  });

  it('without a role may do nothing but ask who it is', async () => {
    manager = await startTestManager();
    const token = await manager.login();

    await manager.changeUser(ADMIN.username, { roles: [] });

    expect((await self(`Bearer ${token}`)).status).toBe(200);
    const list = await manager.call('GET', '/api/v1/strategies/self', undefined, token);
    expect(list).toMatchObject({ status: 403, body: { error: 'permission denied' } });
  });
});

describe('a password that was made for the first administrator', () => {
  it('is in a file, must be changed first, and ends every token when it is', async () => {
    manager = await startTestManager({ adminPassword: '' });
    const file = path.join(manager.stateFolder, 'first-admin-password');
    const made = (await readFile(file, 'utf8')).trim();
    const token = await manager.login(made);

    const refused = await manager.call('GET', '/api/v1/strategies/self', undefined, token);
    expect(refused).toMatchObject({ status: 403, body: { error: 'password change required' } });
    expect((await manager.call('GET', '/api/v1/users/self', undefined, token)).status).toBe(403);

    const change = (oldPassword: string, newPassword: string) =>
      manager.call('PUT', '/api/v1/users/self/password', { oldPassword, newPassword }, token);
    expect((await change('wrong', 'a-long-enough-one')).status).toBe(401);
    expect(await change(made, 'short')).toMatchObject({
      status: 422,
      body: { details: [{ field: 'newPassword' }] },
    });
    expect((await change(made, made)).status).toBe(422);
    expect((await change(made, ADMIN.username.toUpperCase())).status).toBe(422);
    expect((await change(made, 'a-long-enough-one')).status).toBe(200);

    expect((await manager.call('GET', '/api/v1/users/self', undefined, token)).body.error).toBe(
      'token revoked',
    );
    const fresh = await manager.login('a-long-enough-one');
    expect((await manager.call('GET', '/api/v1/strategies/self', undefined, fresh)).status).toBe(200);

    await manager.container.get(TOKENS.firstAdmin).start();
    await expect(readFile(file, 'utf8')).rejects.toMatchObject({ code: 'ENOENT' });
  });
});

function decode(token: string): { kid: unknown; claims: Record<string, unknown> } {
  const [header, payload] = token.split('.').map((part) => Buffer.from(part, 'base64url').toString());
  return { kid: JSON.parse(header ?? '{}').kid, claims: JSON.parse(payload ?? '{}') };
}

describe('the first administrator', () => {
  const everything = { roles: ['admin'], status: 1 } as const;

  it('stays deleted when the manager starts again, while there is another one', async () => {
    manager = await startTestManager();
    const token = await manager.login();
    const users = manager.container.get(TOKENS.userStore);
    const first = await users.byUsername(ADMIN.username);
    if (first === undefined) throw new Error('there is no first administrator');
    await users.insert({ ...first, id: 'f'.repeat(24), username: 'second', ...everything });
    expect((await manager.call('DELETE', '/api/v1/users', { userID: first.id }, token)).status).toBe(200);

    await manager.container.get(TOKENS.firstAdmin).start();

    expect(await users.byUsername(ADMIN.username)).toBeUndefined();
  });

  it('is made under a name that is new, so that an operator gets in whom nobody can help', async () => {
    manager = await startTestManager();
    const users = manager.container.get(TOKENS.userStore);
    const first = await users.byUsername(ADMIN.username);
    if (first === undefined) throw new Error('there is no first administrator');
    await users.replace({ ...first, username: 'forgotten', revision: 2 }, first.revision);

    await manager.container.get(TOKENS.firstAdmin).start();

    expect(await users.byUsername(ADMIN.username)).toMatchObject(everything);
  });
});
