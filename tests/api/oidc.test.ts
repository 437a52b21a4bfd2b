import { createHash, randomBytes } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { generateRsaKey, keyId, toSpkiPem } from '../../shared/auth/keys.js';
import { CLIENT, forged, type Misbehaviour, OidcIssuer, signed } from '../support/oidc-issuer.js';
import { ADMIN, startTestManager, type TestManager } from '../support/test-manager.js';

const BASE = 'http://127.0.0.1:8081';
const CALLBACK = `${BASE}/api/v1/auth/oidc/callback`;

let issuer: OidcIssuer;
/** With the usual settings, for all tests that do with them. */
let usual: TestManager;
let manager: TestManager;
let people = 0;
let name = '';

function startManager(settings: Record<string, unknown>): Promise<TestManager> {
  return startTestManager({
    sections: {
      oidc: {
        issuer: issuer.url,
        client_id: CLIENT.id,
        client_secret: CLIENT.secret,
        redirect_url: CALLBACK,
        role_map: ['platform-admins=admin', 'devs=admin'],
        ...settings,
      },
    },
  });
}

/** Another manager, for this test. */
async function start(settings: Record<string, unknown> = {}): Promise<void> {
  manager = await startManager(settings);
}

beforeAll(async () => {
  issuer = await OidcIssuer.start();
  usual = await startManager({});
});
beforeEach(() => {
  manager = usual;
  name = `ann-${++people}`;
  issuer.person = { sub: `person-${people}`, preferred_username: name, groups: ['devs'] };
  issuer.userinfo = {};
  issuer.misbehaviour = {};
});
afterEach(async () => {
  if (manager !== usual) await manager.stop();
});
afterAll(async () => {
  await usual.stop();
  await issuer.stop();
});

/** One browser, with the cookies that the manager gave it. */
class Browser {
  cookie = '';

  async get(url: string) {
    const headers = this.cookie === '' ? {} : { cookie: this.cookie };
    const response = await manager.api.request(url, { headers });
    this.#keep(response);
    return response;
  }

  async post(url: string, body: unknown) {
    const headers = this.cookie === '' ? {} : { cookie: this.cookie };
    const response = await manager.api.request(url, { method: 'POST', headers, body: JSON.stringify(body) });
    return {
      status: response.status,
      body: (await response.json()) as { data: Record<string, string>; error: string },
    };
  }

  /** To the issuer; the address at which it sends the browser back. */
  async toIssuer(query = 'return=/ui'): Promise<URL> {
    const login = await this.get(`/api/v1/auth/oidc/login?${query}`);
    expect(login.status).toBe(302);
    const back = await fetch(login.headers.get('location') ?? '', { redirect: 'manual' });
    return new URL(back.headers.get('location') ?? '');
  }

  /** Where the manager sends the browser after it came back. */
  async comeBack(url: URL): Promise<URL> {
    const response = await this.get(url.href);
    expect(response.status).toBe(302);
    return new URL(response.headers.get('location') ?? '', BASE);
  }

  async signIn(query?: string): Promise<URL> {
    return this.comeBack(await this.toIssuer(query));
  }

  #keep(response: Response): void {
    const [pair = ''] = (response.headers.get('set-cookie') ?? '').split(';');
    if (pair !== '') this.cookie = pair;
  }
}

async function tokenOf(browser: Browser, url: URL): Promise<string> {
  const { status, body } = await browser.post('/api/v1/auth/oidc/token', {
    code: url.searchParams.get('code'),
  });
  expect([status, body.error]).toEqual([200, undefined]);
  return body.data.accessToken ?? '';
}

async function self(token: string) {
  const { body } = await manager.call('GET', '/api/v1/users/self', undefined, token);
  return body.data;
}

/** Why the sign-in of a person was refused. */
async function refusalOf(browser = new Browser()): Promise<[string | null, string]> {
  const { searchParams } = await browser.signIn();
  expect(searchParams.get('code')).toBeNull();
  return [searchParams.get('error'), searchParams.get('error_description') ?? ''];
}

describe('signing in through an issuer', () => {
  it('makes a user with the roles of the groups, and finds the user again', async () => {
    const browser = new Browser();
    const arrived = await browser.signIn('return=/ui?page=2');
    const first = await self(await tokenOf(browser, arrived));

    expect(arrived.origin + arrived.pathname).toBe(`${BASE}/ui`);
    expect(arrived.searchParams.get('page')).toBe('2');
    expect(first).toMatchObject({ username: name, roles: ['admin'], status: 1 });
    expect(issuer.authorizations[0]).toMatchObject({ redirectUri: CALLBACK, scope: 'openid profile email' });

    issuer.person = { ...issuer.person, preferred_username: 'renamed' };
    const again = new Browser();
    expect(await self(await tokenOf(again, await again.signIn()))).toMatchObject({
      id: first.id,
      username: name,
    });
    const password = await manager.call('POST', '/api/v1/auth/login', { username: name, password: 'x' });
    expect(password.status).toBe(401);
  });

  it('gives the tokens to a program that waits on this machine, by its verifier', async () => {
    const verifier = randomBytes(32).toString('base64url');
    const challenge = createHash('sha256').update(verifier).digest('base64url');
    const arrived = await new Browser().signIn(`return=http://127.0.0.1:7777/done&challenge=${challenge}`);

    expect(arrived.href).toMatch(/^http:\/\/127\.0\.0\.1:7777\/done\?code=/);
    const code = arrived.searchParams.get('code');
    const program = new Browser();
    expect((await program.post('/api/v1/auth/oidc/token', { code, verifier: 'other' })).status).toBe(401);
    expect((await program.post('/api/v1/auth/oidc/token', { code, verifier })).status).toBe(401);

    const second = await new Browser().signIn(`return=http://127.0.0.1:7777/done&challenge=${challenge}`);
    const good = await program.post('/api/v1/auth/oidc/token', {
      code: second.searchParams.get('code'),
      verifier,
    });
    expect(good.status).toBe(200);
  });

  it('takes roles away with the groups, and every token with them', async () => {
    const browser = new Browser();
    const token = await tokenOf(browser, await browser.signIn());
    issuer.person = { ...issuer.person, groups: ['others'] };
    expect(await refusalOf()).toEqual(['forbidden', expect.stringContaining('none of your groups')]);

    expect((await manager.call('GET', '/api/v1/users/self', undefined, token)).status).toBe(401);
  });

  it('leaves the last administrator in place, who may not sign in as less', async () => {
    const browser = new Browser();
    await start();
    await tokenOf(browser, await browser.signIn());
    await manager.changeUser(ADMIN.username, { status: 2 });
    issuer.person = { ...issuer.person, groups: [] };

    expect(await refusalOf()).toEqual(['conflict', expect.stringContaining('nobody would be left')]);
    issuer.person = { ...issuer.person, groups: ['devs'] };
    expect(await self(await tokenOf(browser, await browser.signIn()))).toMatchObject({ roles: ['admin'] });
  });

  it('gives no role that does not exist here', async () => {
    await start({ role_map: ['devs=none-such'], default_role: 'admin' });
    expect(await refusalOf()).toEqual(['forbidden', expect.stringContaining('none of your groups')]);

    issuer.person = { ...issuer.person, groups: [] };
    const browser = new Browser();
    expect(await self(await tokenOf(browser, await browser.signIn()))).toMatchObject({ roles: ['admin'] });
  });

  it('asks for claims that the ID token has not', async () => {
    issuer.userinfo = { preferred_username: name, groups: 'devs' };
    issuer.person = { sub: issuer.person.sub };
    const browser = new Browser();

    expect(await self(await tokenOf(browser, await browser.signIn()))).toMatchObject({ username: name });
  });

  it('is told to the audit log, refused or done', async () => {
    const browser = new Browser();
    await tokenOf(browser, await browser.signIn());
    issuer.person = { ...issuer.person, groups: [] };
    await refusalOf();
    const entries = await manager.auditEntries();

    expect(entries.map(({ action, outcome }) => `${action} ${outcome}`)).toEqual(
      expect.arrayContaining(['user.create done', 'auth.login done', 'auth.login refused']),
    );
    expect(JSON.stringify(entries)).not.toMatch(/opaque|eyJ/);
  });
});

describe('somebody who signs in through an issuer', () => {
  it('never gets an account that was here before, by name or address', async () => {
    issuer.person = {
      ...issuer.person,
      preferred_username: ADMIN.username,
      email: ADMIN.username,
      email_verified: true,
      groups: ['devs'],
    };

    expect(await refusalOf()).toEqual(['conflict', expect.stringContaining('ask an administrator')]);
    expect(await self(await manager.login())).toMatchObject({ username: ADMIN.username });
  });

  it('never gets a name that is mistaken for another', async () => {
    issuer.person = { ...issuer.person, preferred_username: ADMIN.username.toUpperCase() };

    expect((await refusalOf())[0]).toBe('conflict');
  });

  it('makes one user, also from two browsers at once', async () => {
    const browsers = [new Browser(), new Browser(), new Browser()];
    const arrived = await Promise.all(browsers.map((browser) => browser.signIn()));
    const ids = await Promise.all(
      browsers.map(async (browser, at) => (await self(await tokenOf(browser, arrived[at] as URL))).id),
    );

    expect(new Set(ids).size).toBe(1);
  });

  it('is refused once disabled here, also between the sign-in and the tokens', async () => {
    const browser = new Browser();
    const arrived = await browser.signIn();
    await manager.changeUser(name, { status: 2 });
    const { status } = await browser.post('/api/v1/auth/oidc/token', {
      code: arrived.searchParams.get('code'),
    });

    expect(status).toBe(401);
    expect(await refusalOf()).toEqual(['unauthenticated', 'user is inactive']);
  });

  it('must be of an allowed domain, with a verified address', async () => {
    await start({ allowed_domains: ['corp.example'] });
    for (const [email, isVerified, refused] of [
      ['ann@corp.example', true, false],
      ['ann@corp.example', false, true],
      ['ann@other.example', true, true],
    ] as const) {
      issuer.person = { ...issuer.person, email, email_verified: isVerified };
      expect((await new Browser().signIn()).searchParams.has('error')).toBe(refused);
    }
  });

  it.each([undefined, '', 7, 'a\u0000b'])('must have a name: %j', async (claim) => {
    issuer.person = { ...issuer.person, preferred_username: claim, groups: ['devs'] };

    expect(await refusalOf()).toEqual(['forbidden', expect.stringContaining('preferred_username')]);
  });
});

describe('an answer of the issuer is refused', () => {
  const past = Math.floor(Date.now() / 1_000) - 3_600;
  it.each<[string, Misbehaviour]>([
    ['with another nonce', { claims: { nonce: 'other' } }],
    ['without a nonce', { claims: { nonce: undefined } }],
    ['for another client', { claims: { aud: 'other' } }],
    ['of another issuer', { claims: { iss: 'https://elsewhere.example' } }],
    ['that has expired', { claims: { exp: past, iat: past - 300 } }],
    ['without an end', { claims: { exp: undefined } }],
    ['from the future', { claims: { nbf: past + 7_200 } }],
    ['without a subject', { claims: { sub: undefined } }],
    ['without a signature', { idToken: (claims) => forged({ alg: 'none' }, claims) }],
    ['without a signature, in other letters', { idToken: (claims) => forged({ alg: 'nOnE' }, claims) }],
    [
      'signed with the client secret',
      { idToken: (claims) => forged({ alg: 'HS256' }, claims, CLIENT.secret) },
    ],
    [
      'signed with the public key',
      { idToken: (claims, key) => forged({ alg: 'HS256', kid: keyId(key) }, claims, toSpkiPem(key)) },
    ],
    ['signed with another key', { idToken: async (claims) => signed(claims, await generateRsaKey()) }],
    [
      'signed with another key under the same id',
      {
        idToken: async (claims, key) => {
          const [, , signature] = (await signed(claims, await generateRsaKey())).split('.');
          const [header, payload] = (await signed(claims, key)).split('.');
          return `${header}.${payload}.${signature}`;
        },
      },
    ],
  ])('%s', async (_title, misbehaviour) => {
    issuer.misbehaviour = misbehaviour;
    expect(await refusalOf()).toEqual(['unauthenticated', expect.stringContaining('was refused')]);

    issuer.misbehaviour = {};
    expect((await new Browser().signIn()).searchParams.has('code')).toBe(true);
  });

  it('when it names another issuer, or none (mix-up)', async () => {
    for (const iss of ['https://elsewhere.example', undefined]) {
      const browser = new Browser();
      const back = await browser.toIssuer();
      if (iss === undefined) back.searchParams.delete('iss');
      else back.searchParams.set('iss', iss);
      expect((await browser.comeBack(back)).searchParams.get('error')).toBe('unauthenticated');
    }
  });

  it('when the person said no', async () => {
    const browser = new Browser();
    const back = await browser.toIssuer();
    back.searchParams.delete('code');
    back.searchParams.set('error', 'access_denied');

    const arrived = await browser.comeBack(back);
    expect(arrived.searchParams.get('error_description')).toContain('access_denied');
  });

  it('when its code belongs to another sign-in (code substitution)', async () => {
    const [victim, attacker] = [new Browser(), new Browser()];
    const [mine, theirs] = [await victim.toIssuer(), await attacker.toIssuer()];
    mine.searchParams.set('code', theirs.searchParams.get('code') ?? '');

    expect((await victim.comeBack(mine)).searchParams.get('error')).toBe('unauthenticated');
  });
});

describe('a browser', () => {
  it('that did not begin the sign-in is sent nowhere', async () => {
    const [victim, attacker] = [new Browser(), new Browser()];
    const theirs = await attacker.toIssuer();
    expect((await victim.get(theirs.href)).status).toBe(401);
    await victim.toIssuer();
    expect((await victim.get(theirs.href)).status).toBe(401);

    const tampered = new Browser();
    const back = await tampered.toIssuer();
    // Not the last character: some of its bits may stand for nothing.
    const at = tampered.cookie.length - 8;
    const other = tampered.cookie[at] === 'A' ? 'B' : 'A';
    tampered.cookie = `${tampered.cookie.slice(0, at)}${other}${tampered.cookie.slice(at + 1)}`;
    expect((await tampered.get(back.href)).status).toBe(401);
  });

  it('comes back once', async () => {
    const browser = new Browser();
    const back = await browser.toIssuer();
    const { cookie } = browser;
    expect((await browser.comeBack(back)).searchParams.has('code')).toBe(true);

    browser.cookie = cookie;
    expect((await browser.get(back.href)).status).toBe(401);
  });

  it('gets the tokens once, and nobody else does', async () => {
    const [browser, thief] = [new Browser(), new Browser()];
    const stolen = await browser.signIn();
    const { status } = await thief.post('/api/v1/auth/oidc/token', { code: stolen.searchParams.get('code') });
    expect(status).toBe(401);

    const arrived = await browser.signIn();
    await tokenOf(browser, arrived);
    const replayed = await browser.post('/api/v1/auth/oidc/token', {
      code: arrived.searchParams.get('code'),
    });
    expect(replayed.status).toBe(401);
  });

  it('is never sent to a stranger', async () => {
    for (const address of [
      '//elsewhere.example',
      'https://elsewhere.example/',
      '/.//elsewhere.example',
      '/\\elsewhere.example',
      'http://127.0.0.1.elsewhere.example:80/',
      'http://127.0.0.1:7777/',
    ]) {
      const response = await new Browser().get(
        `/api/v1/auth/oidc/login?return=${encodeURIComponent(address)}`,
      );
      expect([address, response.status]).toEqual([address, 422]);
    }
  });

  it('has a cookie that no script and no other site reads', async () => {
    const login = await manager.api.request('/api/v1/auth/oidc/login');
    expect(login.headers.get('set-cookie')).toMatch(
      /^podium-sign-in=[\w-]+; Path=\/api\/v1\/auth\/oidc; Max-Age=600; HttpOnly; SameSite=Lax$/,
    );
    expect(login.headers.get('cache-control')).toBe('no-store');

    await start({ redirect_url: CALLBACK.replace('http:', 'https:') });
    const secure = await manager.api.request('/api/v1/auth/oidc/login');
    expect(secure.headers.get('set-cookie')).toMatch(/^__Secure-podium-sign-in=.*; Secure$/);
  });
});

describe('an issuer', () => {
  it('that is down keeps nobody from starting, or from signing in with a password', async () => {
    const { port } = issuer;
    await issuer.stop();
    await start();
    const { status, body } = await manager.call('GET', '/api/v1/auth/oidc/login');
    expect([status, body.code, body.error]).toEqual([
      503,
      'unavailable',
      expect.stringContaining('ECONNREFUSED'),
    ]);
    expect((await self(await manager.login())).username).toBe(ADMIN.username);

    await issuer.listen(port);
    await expect
      .poll(async () => (await manager.api.request('/api/v1/auth/oidc/login')).status, { timeout: 15_000 })
      .toBe(302);
  });

  it('that goes down on the way is told about as an outage', async () => {
    issuer.misbehaviour = { tokenStatus: 503 };
    expect(await refusalOf()).toEqual(['unavailable', expect.any(String)]);

    const browser = new Browser();
    const back = await browser.toIssuer();
    const { port } = issuer;
    await issuer.stop();
    expect((await browser.comeBack(back)).searchParams.get('error')).toBe('unavailable');
    await issuer.listen(port);
  });

  it('may change its key: the next sign-in works, at the latest', async () => {
    await new Browser().signIn();
    await issuer.rotateKey();
    await new Browser().signIn();

    expect((await new Browser().signIn()).searchParams.has('code')).toBe(true);
  });
});

it('without an issuer there is nothing to sign in through', async () => {
  manager = await startTestManager();
  const { status, body } = await manager.call('GET', '/api/v1/auth/oidc/login');

  expect([status, body.error]).toEqual([404, expect.stringContaining('oidc.issuer')]);
});
