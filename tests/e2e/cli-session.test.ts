import { chmod, mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { tokenClaims } from '../../cli/client/tokens.js';
import { TestAuthority } from '../support/certificates.js';
import { PodiumUser } from '../support/podium-command.js';
import { type ServedManager, startServedManager } from '../support/served-manager.js';
import { ADMIN, startTestManager } from '../support/test-manager.js';
import { typeInto } from '../support/typing.js';

let server: ServedManager;
let user: PodiumUser;
beforeAll(async () => {
  server = await startServedManager();
});
afterAll(() => server?.stop());
beforeEach(async () => {
  user = await PodiumUser.create(server.url);
});
afterEach(() => user.remove());

async function session(): Promise<{ accessToken: string; refreshToken: string; validUntil: number }> {
  return JSON.parse(await readFile(user.credentialsFile, 'utf8')).servers[server.url];
}

/** As if the program had been away for a while. */
async function changeSession(changes: object): Promise<void> {
  const credentials = JSON.parse(await readFile(user.credentialsFile, 'utf8'));
  Object.assign(credentials.servers[server.url], changes);
  await writeFile(user.credentialsFile, JSON.stringify(credentials), { mode: 0o600 });
}

function countOf(request: string): number {
  return server.requests.filter((made) => made === request).length;
}

/** Somebody who must change the password first. */
async function newcomer(name: string): Promise<string> {
  const admin = await PodiumUser.create(server.url);
  await admin.login(ADMIN.username, ADMIN.password);
  const { password } = await admin.json(['users', 'create', name, '-r', 'viewer']);
  await admin.remove();
  return password;
}

describe('podium login', () => {
  it('keeps a session that only its owner can read, and uses it from then on', async () => {
    const { code, stdout, stderr } = await user.run(['login', '-u', ADMIN.username, '--password-stdin'], {
      input: `${ADMIN.password}\n`,
    });

    expect({ code, stdout, stderr }).toEqual({
      code: 0,
      stdout: `Signed in at ${server.url} as ${ADMIN.username}.\n`,
      stderr: '',
    });
    expect((await stat(user.credentialsFile)).mode & 0o777).toBe(0o600);
    expect((await stat(path.dirname(user.credentialsFile))).mode & 0o777).toBe(0o700);
    expect(await readFile(user.credentialsFile, 'utf8')).not.toContain(ADMIN.password);
    const whoami = await user.json(['whoami'], { env: { PODIUM_SERVER: '' } });
    expect(whoami).toMatchObject({ username: ADMIN.username, roles: ['admin'] });
    expect(whoami.permissions).toContainEqual(expect.objectContaining({ permissionKey: 'audit.read' }));
  });

  it('tells that the password is wrong, and keeps nothing', async () => {
    const { code, stderr } = await user.run(['login', '-u', ADMIN.username, '--password-stdin'], {
      input: 'wrong\n',
    });

    expect(code).toBe(3);
    expect(stderr).toMatch(/^podium: .*password.* \(request [\w-]+\)\n$/);
    expect(await user.run(['whoami'])).toMatchObject({
      code: 3,
      stderr: expect.stringContaining('podium login'),
    });
  });

  it('never waits for somebody who is not there', async () => {
    for (const args of [['login'], ['login', '-u', 'ann'], ['login', '-u', 'ann', '--password-stdin']]) {
      expect(await user.run(args)).toMatchObject({ code: 2, stderr: expect.stringMatching(/^podium: /) });
    }
  });

  it('takes no password as an argument', async () => {
    expect(await user.run(['login', '-u', 'ann', '--password', 'secret'])).toMatchObject({ code: 2 });
  });

  it('changes a one-time password, from the second line of standard input', async () => {
    const oneTime = await newcomer('newcomer-1');

    const first = await user.run(['login', '-u', 'newcomer-1', '--password-stdin'], {
      input: `${oneTime}\n`,
    });
    const pending = await user.run(['users', 'list']);
    const second = await user.run(['login', '-u', 'newcomer-1', '--password-stdin'], {
      input: `${oneTime}\na-password-of-my-own-5\n`,
    });

    expect(first).toMatchObject({ code: 2, stderr: expect.stringContaining('new password') });
    expect(pending).toMatchObject({ code: 4, stderr: expect.stringContaining('podium password') });
    expect(second).toMatchObject({ code: 0, stderr: expect.stringContaining('must be changed') });
    expect(await user.json(['whoami'])).toMatchObject({ username: 'newcomer-1', status: 1 });
  });
});

describe('podium login on a terminal', () => {
  it('asks, and shows no password', async () => {
    const oneTime = await newcomer('newcomer-2');

    const { code, screen } = await typeInto(
      user,
      ['login'],
      [
        ['Username', 'newcomer-2\r'],
        ['Password', `${oneTime}x\u007f\r`],
        ['New password', 'a-password-of-my-own-6\r'],
        ['New password, again', 'a-password-of-my-own-6\r'],
      ],
    );

    expect({ code, screen }).toMatchObject({ code: 0, screen: expect.stringContaining('as newcomer-2.') });
    expect(screen).not.toContain(oneTime);
    expect(screen).not.toContain('of-my-own');
  });

  it('ends at Ctrl-C also where it reads what a program could give', async () => {
    const { code, screen } = await typeInto(user, ['strategies', 'apply', '-f', '-'], [['Ctrl-D', '\u0003']]);
    const shown = await typeInto(user, ['login', '-u', 'ann', '--password-stdin'], []);

    expect({ code, screen }).toEqual({ code: 130, screen: 'Type it here, and Ctrl-D at the end:\n^C' });
    expect(shown).toMatchObject({ code: 2, screen: expect.stringContaining('would show the password') });
  });

  it('changes nothing when the new password was mistyped', async () => {
    const oneTime = await newcomer('newcomer-3');

    const { code, screen } = await typeInto(
      user,
      ['login', '-u', 'newcomer-3'],
      [
        ['Password', `${oneTime}\r`],
        ['New password', 'a-password-of-my-own-7\r'],
        ['New password, again', 'a-password-of-my-own-8\r'],
      ],
    );

    expect(code).toBe(2);
    expect(screen).toContain('not the same');
  });

  it('ends at Ctrl-C without a word', async () => {
    const { code, screen } = await typeInto(user, ['login', '-u', 'ann'], [['Password', '\u0003']]);

    expect(code).toBe(130);
    expect(screen.trim()).toMatch(/Password:$/);
  });

  it('asks before it changes or deletes', async () => {
    await user.login(ADMIN.username, ADMIN.password);
    await writeFile(path.join(user.home, 'asked.yaml'), 'name: asked\nallPods: true\n');

    const refused = await typeInto(
      user,
      ['strategies', 'apply', '-f', 'asked.yaml'],
      [['Apply this?', 'n\r']],
    );
    const applied = await typeInto(
      user,
      ['strategies', 'apply', '-f', 'asked.yaml'],
      [['Apply this?', 'y\r']],
    );
    const deleted = await typeInto(user, ['strategies', 'delete', 'asked'], [['Delete asked?', 'y\r']]);

    expect(refused.screen).toContain('\u001b[32m  + name: "asked"\u001b[39m');
    expect(refused.screen).toContain('Nothing was changed.');
    expect(applied.screen).toContain('strategy asked created');
    expect(deleted.screen).toContain('Strategy asked was deleted.');
  });

  it('has no colours for whoever wants none', async () => {
    await user.login(ADMIN.username, ADMIN.password);
    await writeFile(path.join(user.home, 'asked.yaml'), 'name: asked\nallPods: true\n');

    const { screen } = await typeInto(user, ['strategies', 'diff', '-f', 'asked.yaml'], [], {
      NO_COLOR: '1',
    });

    expect(screen).toContain('  + name: "asked"');
    expect(screen).not.toContain('\u001b');
  });
});

describe('a session', () => {
  it('is refreshed when its token is near its end', async () => {
    await user.login(ADMIN.username, ADMIN.password);
    const before = await session();
    await changeSession({ validUntil: Date.now() - 1 });

    expect(await user.run(['users', 'list'])).toMatchObject({ code: 0 });

    const after = await session();
    expect(after.refreshToken).not.toBe(before.refreshToken);
    expect(after.validUntil).toBeGreaterThan(Date.now());
  });

  it('is refreshed when the server refuses its token before the time', async () => {
    await user.login(ADMIN.username, ADMIN.password);
    await changeSession({ accessToken: 'no.longer.good' });

    expect(await user.run(['users', 'list'])).toMatchObject({ code: 0, stderr: '' });
    expect((await session()).accessToken).not.toBe('no.longer.good');
  });

  it('outlives many commands that find it old at one time', async () => {
    await user.login(ADMIN.username, ADMIN.password);
    await changeSession({ validUntil: 0 });
    const refreshes = countOf('POST /api/v1/auth/refresh');

    const outcomes = await Promise.all(Array.from({ length: 6 }, () => user.run(['users', 'list'])));

    expect(outcomes.map(({ code }) => code)).toEqual([0, 0, 0, 0, 0, 0]);
    expect(countOf('POST /api/v1/auth/refresh') - refreshes).toBe(1);
    expect(await user.run(['whoami'])).toMatchObject({ code: 0 });
  });

  it('says that it has ended when it was ended elsewhere', async () => {
    await user.login(ADMIN.username, ADMIN.password);
    const elsewhere = await PodiumUser.create(server.url);
    await elsewhere.login(ADMIN.username, ADMIN.password);

    expect(await elsewhere.run(['logout', '--all'])).toMatchObject({
      code: 0,
      stdout: `Signed out at ${server.url}, everywhere.\n`,
    });
    expect(await user.run(['whoami'])).toMatchObject({
      code: 3,
      stderr: expect.stringContaining('has ended'),
    });
    await elsewhere.remove();
  });

  it('is ended by logout, here and there', async () => {
    await user.login(ADMIN.username, ADMIN.password);
    const { refreshToken } = await session();

    expect(await user.run(['logout'])).toMatchObject({ code: 0, stdout: `Signed out at ${server.url}.\n` });
    expect(await user.run(['logout'])).toMatchObject({
      code: 0,
      stdout: `You were not signed in at ${server.url}.\n`,
    });
    const { status } = await server.manager.call('POST', '/api/v1/auth/refresh', { refreshToken });
    expect(status).toBe(401);
  });

  it('is not used when others can read the file', async () => {
    await user.login(ADMIN.username, ADMIN.password);
    await chmod(user.credentialsFile, 0o644);

    expect(await user.run(['whoami'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('chmod 600'),
    });
  });

  it('goes on with the new password, and others end', async () => {
    const oneTime = await newcomer('newcomer-4');
    await user.run(['login', '-u', 'newcomer-4', '--password-stdin'], {
      input: `${oneTime}\nthe-first-passphrase-1\n`,
    });

    const changed = await user.run(['password', '--password-stdin'], {
      input: 'the-first-passphrase-1\nthe-second-passphrase-2\n',
    });

    expect(changed).toMatchObject({ code: 0, stdout: expect.stringContaining('Changed.') });
    expect(await user.run(['whoami'])).toMatchObject({ code: 0 });
  });
});

describe('podium token', () => {
  it('prints a token that is good, for other programs', async () => {
    await user.login(ADMIN.username, ADMIN.password);
    const { stdout } = await user.run(['token']);

    const { status } = await server.manager.call('GET', '/api/v1/users/self', undefined, stdout.trim());
    expect(status).toBe(200);
    expect(Number(tokenClaims(stdout).exp) * 1_000).toBeGreaterThan(Date.now() + 30_000);
  });

  it('gives way to a token of the environment, which is used as it is', async () => {
    await user.login(ADMIN.username, ADMIN.password);
    const given = (await user.run(['token'])).stdout.trim();
    const program = await PodiumUser.create(server.url);

    expect(await program.run(['users', 'list'], { env: { PODIUM_TOKEN: given } })).toMatchObject({ code: 0 });
    expect(await program.run(['users', 'list'], { env: { PODIUM_TOKEN: 'x.y.z' } })).toMatchObject({
      code: 3,
      stderr: expect.stringContaining('PODIUM_TOKEN'),
    });
    await program.remove();
  });
});

describe('a server that cannot be reached', () => {
  it.each([
    ['nothing that listens', 'http://127.0.0.1:9', 7, 'connection refused'],
    ['a host that nobody knows', 'https://no-such-host.invalid', 7, 'not known'],
    ['plain HTTP to another machine', 'http://192.0.2.1', 2, 'plain HTTP'],
    ['no URL', 'ftp://host', 2, 'must be a URL'],
  ])('is told in words: %s', async (_, url, code, words) => {
    const outcome = await user.run(['users', 'list', '--server', url], { env: { PODIUM_TOKEN: 't' } });

    expect(outcome).toMatchObject({ code, stdout: '', stderr: expect.stringContaining(words) });
    expect(outcome.stderr).toMatch(/^podium: .*\n$/);
  });

  it('is given up after the time limit', async () => {
    const slow = await startServedManager({
      before: async () => {
        await new Promise((resolve) => setTimeout(resolve, 5_000));
        return undefined;
      },
    });

    const outcome = await user.run(['users', 'list', '--server', slow.url, '--timeout', '0.3'], {
      env: { PODIUM_TOKEN: 't' },
    });
    await slow.stop();

    expect(outcome).toMatchObject({ code: 7, stderr: expect.stringContaining('no answer within 300 ms') });
  });

  it('is not waited for after Ctrl-C', async () => {
    const silent = await startServedManager({ before: () => new Promise<undefined>(() => {}) });
    const { outcome, end } = user.start(['users', 'list', '--server', silent.url], {
      env: { PODIUM_TOKEN: 't' },
    });
    await expect.poll(() => silent.requests.length, { timeout: 15_000 }).toBe(1);

    end('SIGINT');

    expect(await outcome).toEqual({ code: 130, stdout: '', stderr: '' });
    await silent.stop();
  });

  it('is told when it is something else', async () => {
    const other = await startServedManager({
      before: () => new Response('<html>', { status: 200, headers: { 'content-type': 'text/html' } }),
    });

    const outcome = await user.run(['users', 'list', '--server', other.url], { env: { PODIUM_TOKEN: 't' } });
    await other.stop();

    expect(outcome).toMatchObject({
      code: 7,
      stderr: expect.stringContaining('did not answer as a Podium manager'),
    });
  });
});

describe('a manager with TLS', () => {
  it('is trusted by its authority, which is remembered', async () => {
    await mkdir(path.join(user.home, 'pki'));
    const authority = await TestAuthority.create(path.join(user.home, 'pki'));
    const { certFile, keyFile } = await authority.server('manager');
    const manager = await startTestManager({
      listen: true,
      sections: { tls: { enable: true, cert_file: certFile, key_file: keyFile } },
    });
    const url = `https://127.0.0.1:${manager.port()}`;
    const login = ['login', '--server', url, '-u', ADMIN.username, '--password-stdin'];

    const untrusted = await user.run(login, { input: ADMIN.password });
    const trusted = await user.run([...login, '--ca-file', authority.files.certFile], {
      input: ADMIN.password,
    });
    const remembered = await user.run(['whoami', '--server', url]);
    await manager.stop();

    expect(untrusted).toMatchObject({ code: 7, stderr: expect.stringContaining('--ca-file') });
    expect(trusted).toMatchObject({ code: 0 });
    expect(remembered).toMatchObject({ code: 0 });
  });
});
