import { hash } from '@node-rs/argon2';
import { afterEach, describe, expect, it } from 'vitest';
import { type SignInWorld, signInWorld } from '../support/sign-in-world.js';
import { ADMIN } from '../support/test-manager.js';

let world: SignInWorld;
afterEach(() => world.stop());

const HOME = { from: '198.51.100.7' };
const ELSEWHERE = { from: '203.0.113.9' };

describe('guessing a password', () => {
  it('is slowed down with the time to wait, and never locks the owner out', async () => {
    world = await signInWorld();
    for (let guess = 0; guess < 5; guess++) await world.login('wrong', ADMIN.username, ELSEWHERE);

    const held = await world.login(ADMIN.password, ADMIN.username, ELSEWHERE);

    expect([held.status, held.body.code]).toEqual([429, 'throttled']);
    const waitSec = Number(held.headers.get('retry-after'));
    expect(waitSec).toBeGreaterThan(5);
    expect(waitSec).toBeLessThanOrEqual(10);
    expect((await world.login(ADMIN.password, ADMIN.username, HOME)).status).toBe(200);
    world.pass(waitSec * 1_000);
    expect((await world.login(ADMIN.password, ADMIN.username, ELSEWHERE)).status).toBe(200);
    expect(await world.metrics()).toContain('podium_manager_logins_total{result="throttled"} 1');
  });

  it('of a name that nobody has looks the same', async () => {
    world = await signInWorld();
    const answers = [];
    for (let guess = 0; guess < 6; guess++) answers.push(await world.login('wrong', 'nobody', ELSEWHERE));

    expect(answers.map(({ status }) => status)).toEqual([401, 401, 401, 401, 401, 429]);
    const wrong = await world.login('wrong', ADMIN.username, HOME);
    expect(answers[0]?.body.error).toBe(wrong.body.error);
  });

  it('with a stolen access token counts as well', async () => {
    world = await signInWorld();
    const { accessToken: token } = await world.signIn(HOME);
    const change = () =>
      world.call(
        'PUT',
        '/api/v1/users/self/password',
        { oldPassword: 'wrong', newPassword: 'x' },
        { token, ...ELSEWHERE },
      );
    const answers = [];
    for (let guess = 0; guess < 6; guess++) answers.push((await change()).status);

    expect(answers).toEqual([401, 401, 401, 401, 401, 429]);
  });

  it('is counted by the address that a trusted proxy names, and by no other header', async () => {
    world = await signInWorld({ server: { host: '127.0.0.1:0', trusted_proxies: ['10.0.0.0/8'] } });
    const login = (from: string, forwardedFor: string, password: string) =>
      world.login(password, ADMIN.username, { from, headers: { 'x-forwarded-for': forwardedFor } });
    for (let guess = 0; guess < 5; guess++) await login('10.1.1.1', '203.0.113.9', 'wrong');

    expect((await login('10.1.1.1', '203.0.113.9', ADMIN.password)).status).toBe(429);
    expect((await login('10.1.1.1', '192.0.2.9', ADMIN.password)).status).toBe(200);
    for (let guess = 0; guess < 5; guess++) await login('203.0.113.200', `192.0.2.${guess}`, 'wrong');
    expect((await login('203.0.113.200', '192.0.2.9', ADMIN.password)).status).toBe(429);
  });

  it('is told to the audit log once a minute for a name and a network, with its count', async () => {
    world = await signInWorld({ login: { failures_per_account: 100 } });
    for (let guess = 0; guess < 4; guess++) await world.login('wrong-one', 'zoe', ELSEWHERE);
    await world.login('wrong-one', 'zoe', HOME);
    world.pass(61_000);
    await world.login('wrong-one', 'zoe', ELSEWHERE);

    const entries = await world.audited('auth.login');

    expect(entries.map(({ actor, after, outcome }) => [outcome, actor.address, after?.count])).toEqual([
      ['refused', ELSEWHERE.from, 4],
      ['refused', HOME.from, 1],
      ['refused', ELSEWHERE.from, 1],
    ]);
    expect(entries[0]).toMatchObject({
      actor: { userId: '', username: 'zoe' },
      target: { name: 'zoe', id: '' },
    });
    expect(JSON.stringify(entries)).not.toContain('wrong-one');
  });

  it('can be left alone where something else slows it down', async () => {
    world = await signInWorld({ login: { throttle: false } });
    const answers = [];
    for (let guess = 0; guess < 7; guess++) answers.push((await world.login('wrong')).status);

    expect(new Set(answers)).toEqual(new Set([401]));
    expect((await world.login()).status).toBe(200);
  });

  it('all at once is no faster than one by one', async () => {
    world = await signInWorld();

    const answers = await Promise.all(Array.from({ length: 40 }, () => world.login('wrong')));

    expect(answers.filter(({ status }) => status === 401)).toHaveLength(5);
    expect(answers.filter(({ status }) => status === 429)).toHaveLength(35);
  });
});

describe('signing in', () => {
  it('tells that a user is inactive only to who knows the password', async () => {
    world = await signInWorld();
    await world.changeUser(ADMIN.username, { status: 2 });

    expect((await world.login('wrong')).body.error).toBe('invalid username or password');
    expect((await world.login()).body.error).toBe('user is inactive');
  });

  it('replaces a hash of the first implementation, and keeps the sessions', async () => {
    world = await signInWorld();
    const passwordHash = await hash('first-pw', { memoryCost: 16_384, timeCost: 3, parallelism: 2 });
    await world.changeUser(ADMIN.username, { passwordHash });

    expect((await world.login('first-pq')).status).toBe(401);
    const { status, body } = await world.login('first-pw');

    expect(status).toBe(200);
    expect((await world.admin()).passwordHash).toContain('$m=32768,t=3,p=1$');
    expect((await world.refresh(body.data.refreshToken)).status).toBe(200);
    expect((await world.login('first-pw')).status).toBe(200);
  });

  it('takes a user without a password for one with another password', async () => {
    world = await signInWorld();
    await world.changeUser(ADMIN.username, { passwordHash: '' });

    for (const password of ['', ' ', 'x', '$argon2id$']) {
      expect((await world.login(password)).status).toBe(password === '' ? 422 : 401);
    }
  });

  it.each([
    ['an operator as name', { username: { $gt: '' }, password: 'x' }],
    ['an operator as password', { username: 'zoe', password: { $ne: null } }],
    ['a list as name', { username: ['zoe'], password: 'x' }],
    ['a list as password', { username: 'zoe', password: ['x'] }],
    ['an operator as email', { email: { $regex: '.*' }, password: 'x' }],
    ['a truth as password', { username: 'zoe', password: true }],
  ])('refuses %s as malformed', async (_title, body) => {
    world = await signInWorld();

    expect((await world.call('POST', '/api/v1/auth/login', body)).status).toBe(400);
  });

  it('ignores what is not asked for, also the keys of prototypes', async () => {
    world = await signInWorld();
    const body = `{"username":"${ADMIN.username}","password":"${ADMIN.password}","__proto__":{"status":1},
      "constructor":{"prototype":{"roles":["admin"]}},"roles":["admin"],"tokenVersion":0,"status":1}`;

    expect((await world.call('POST', '/api/v1/auth/login', body)).status).toBe(200);
    expect(await world.admin()).toMatchObject({ status: 1, tokenVersion: 1 });
    for (const username of ['__proto__', 'constructor', 'toString', '\u0000', 'x'.repeat(20_000)]) {
      expect((await world.login('x', username)).status).toBe(401);
    }
    expect((await world.login('x'.repeat(60_000))).status).toBe(401);
  });
});
