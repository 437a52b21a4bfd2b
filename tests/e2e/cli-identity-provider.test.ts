import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { CLIENT, OidcIssuer } from '../support/oidc-issuer.js';
import { PodiumUser } from '../support/podium-command.js';
import { type ServedManager, startServedManager } from '../support/served-manager.js';

/** How the manager is told that browsers reach it; ours knows better. */
const PUBLIC = 'http://127.0.0.1:8081';

let issuer: OidcIssuer;
let server: ServedManager;
let user: PodiumUser;
beforeAll(async () => {
  issuer = await OidcIssuer.start();
  server = await startServedManager({
    sections: {
      oidc: {
        issuer: issuer.url,
        client_id: CLIENT.id,
        client_secret: CLIENT.secret,
        redirect_url: `${PUBLIC}/api/v1/auth/oidc/callback`,
        role_map: ['devs=viewer'],
      },
    },
  });
});
afterAll(async () => {
  await server?.stop();
  await issuer?.stop();
});
beforeEach(async () => {
  issuer.person = { sub: 'person-1', preferred_username: 'ann', groups: ['devs'] };
  user = await PodiumUser.create(server.url);
});
afterEach(() => user.remove());

/** A browser that follows every redirect, with its cookies, and comes to rest at the last one. */
async function browse(start: string): Promise<Response> {
  let cookie = '';
  let url = start;
  for (let hops = 0; hops < 10; hops++) {
    const response = await fetch(url.replace(PUBLIC, server.url), {
      redirect: 'manual',
      headers: { cookie },
    });
    const [given] = (response.headers.get('set-cookie') ?? '').split(';');
    if (given) cookie = given;
    const next = response.headers.get('location');
    if (next === null) return response;
    url = new URL(next, url).href;
  }
  throw new Error('too many redirects');
}

async function printedUrl(stderr: () => string): Promise<string> {
  const url = () => /^ {2}(http\S+)$/m.exec(stderr())?.[1];
  await expect.poll(url, { timeout: 15_000 }).toBeDefined();
  return url() ?? '';
}

describe('podium login --oidc', () => {
  it('keeps the session of whoever signs in in the browser', async () => {
    const { outcome, stderr } = user.start(['login', '--oidc']);

    const page = await browse(await printedUrl(stderr));

    expect(await page.text()).toContain('Go back to the terminal');
    expect(await outcome).toMatchObject({ code: 0, stdout: `Signed in at ${server.url} as ann.\n` });
    expect(await user.json(['whoami'])).toMatchObject({ username: 'ann', roles: ['viewer'] });
  });

  it('tells why the sign-in was refused', async () => {
    issuer.person = { sub: 'person-2', preferred_username: 'eve', groups: [] };
    const { outcome, stderr } = user.start(['login', '--oidc']);

    await browse(await printedUrl(stderr));

    const { code, stderr: told } = await outcome;
    expect(code).not.toBe(0);
    expect(told).toMatch(/podium: the sign-in was refused: .+\(request [\w-]+\)/);
    expect(await user.run(['whoami'])).toMatchObject({ code: 3 });
  });

  it('minds nobody else who comes to its port', async () => {
    const { outcome, stderr, end } = user.start(['login', '--oidc']);
    const url = await printedUrl(stderr);
    const back = new URL(new URL(url).searchParams.get('return') ?? '');

    const strangers = [
      await fetch(`${back.origin}/?code=stolen`),
      await fetch(`${back.href}x?code=stolen`),
      await fetch(back.href),
      await fetch(`${back.href}?code=stolen`, { method: 'POST' }),
    ];
    end('SIGINT');

    expect(strangers.map(({ status }) => status)).toEqual([404, 404, 404, 404]);
    expect(await outcome).toMatchObject({ code: 130, stdout: '' });
  });

  it('says when the manager knows no identity provider', async () => {
    const plain = await startServedManager();
    const outcome = await user.run(['login', '--oidc', '--server', plain.url]);
    await plain.stop();

    expect(outcome).toMatchObject({ code: 5, stderr: expect.stringContaining('no identity provider') });
  });
});
