import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PodiumUser } from '../support/podium-command.js';
import { type ServedManager, startServedManager } from '../support/served-manager.js';
import { ADMIN } from '../support/test-manager.js';

let server: ServedManager;
let admin: PodiumUser;
/** Set by a test: what becomes of a page of the audit log on its way. */
let tamper: (body: { data: { entries: Record<string, unknown>[] } }) => void = () => {};

beforeAll(async () => {
  server = await startServedManager({
    after: async (request, response) => {
      if (new URL(request.url).pathname !== '/api/v1/audit') return response;
      const body = JSON.parse(await response.text());
      tamper(body);
      return Response.json(body, { status: response.status });
    },
  });
  admin = await PodiumUser.create(server.url);
  await admin.login(ADMIN.username, ADMIN.password);
});
afterAll(async () => {
  await admin?.remove();
  await server?.stop();
});

describe('podium users', () => {
  it('lives through everything that can happen to an account', async () => {
    const created = await admin.run(['users', 'create', 'ann', '--role', 'viewer']);
    const password = /^One-time password: (.+)$/m.exec(created.stdout)?.[1] ?? '';
    expect(created).toMatchObject({ code: 0, stderr: expect.stringContaining('shown only now') });
    expect(password.length).toBeGreaterThan(11);

    expect((await admin.run(['users', 'list'])).stdout).toMatch(/ann +viewer +must change password/);
    expect(await admin.run(['users', 'enable', 'ann'])).toMatchObject({
      stdout: 'User ann is enabled already.\n',
    });
    expect(await admin.run(['users', 'set-roles', 'ann', 'viewer', 'operator'])).toMatchObject({ code: 0 });
    expect((await admin.json(['users', 'get', 'ann'])).roles.toSorted()).toEqual(['operator', 'viewer']);
    expect(await admin.run(['users', 'set-roles', 'ann', '--none'])).toMatchObject({ code: 0 });
    expect(await admin.run(['users', 'set-roles', 'ann'])).toMatchObject({ code: 2 });
    expect(await admin.run(['users', 'disable', 'ann'])).toMatchObject({ code: 0 });
    expect((await admin.run(['users', 'get', 'ann'])).stdout).toMatch(/status +disabled/);
    expect(await admin.run(['users', 'enable', 'ann'])).toMatchObject({ stdout: 'User ann was enabled.\n' });
    const reset = await admin.json(['users', 'reset-password', 'ann']);
    expect(reset.password).not.toBe(password);
    expect(
      await admin.run(['users', 'reset-password', 'ann', '--password-stdin'], {
        input: 'given-by-the-admin-1\n',
      }),
    ).toMatchObject({ code: 0, stdout: expect.not.stringContaining('One-time') });
    expect(await admin.run(['users', 'delete', 'ann'])).toMatchObject({
      code: 0,
      stdout: 'User ann was deleted.\n',
    });
    expect(await admin.run(['users', 'get', 'ann'])).toMatchObject({
      code: 5,
      stderr: expect.stringContaining('no user is called "ann"'),
    });
  });

  it('tells why the server refused', async () => {
    expect(await admin.run(['users', 'create', ADMIN.username])).toMatchObject({
      code: 6,
      stderr: expect.stringMatching(/\(request [\w-]+\)/),
    });
    const weak = await admin.run(['users', 'create', 'bob', '--password-stdin'], { input: 'short\n' });
    expect(weak).toMatchObject({ code: 2, stderr: expect.stringContaining('password') });
    expect(await admin.run(['users', 'create', 'bob', '--password-stdin'])).toMatchObject({ code: 2 });
    expect(await admin.run(['users', 'delete', ADMIN.username])).not.toMatchObject({ code: 0 });
  });

  it('tells somebody who may not that they may not', async () => {
    const { password } = await admin.json(['users', 'create', 'eve', '-r', 'viewer']);
    const eve = await PodiumUser.create(server.url);
    await eve.run(['login', '-u', 'eve', '--password-stdin'], {
      input: `${password}\neves-own-passphrase-7\n`,
    });

    expect(await eve.run(['users', 'create', 'mallory'])).toMatchObject({
      code: 4,
      stderr: expect.stringContaining('podium whoami'),
    });
    expect((await eve.run(['whoami'])).stdout).toMatch(/username +eve\n.*status +active\n.*roles +viewer\n/s);
    await eve.remove();
    await admin.run(['users', 'delete', 'eve']);
  });
});

describe('podium roles', () => {
  const TEAM = `name: team
description: One team
rolePolicies:
  - permissionKey: schedule_strategy.create
    self: true
    k8sNamespaces: ["team-*"]
    strongestPriority: 5
  - permissionKey: schedule_strategy.read
    self: true
`;
  const apply = (input: string) => admin.run(['roles', 'apply', '-f', '-'], { input });

  it('are created, left alone, changed and deleted', async () => {
    expect(await apply(TEAM)).toMatchObject({ code: 0, stderr: '1 role: 1 created\n' });
    expect(await apply(TEAM)).toMatchObject({ code: 0, stderr: '1 role: 1 unchanged\n' });
    expect(await apply('name: team\n')).toMatchObject({ code: 0, stderr: '1 role: 1 unchanged\n' });
    const printed = (await admin.run(['roles', 'get', 'team', '-o', 'yaml'])).stdout;
    expect(await apply(printed)).toMatchObject({ code: 0, stderr: '1 role: 1 unchanged\n' });
    const changed = await apply(TEAM.replace('strongestPriority: 5', 'strongestPriority: 8'));
    expect(changed).toMatchObject({ code: 0, stdout: expect.stringContaining('"strongestPriority":8}') });

    const shown = (await admin.run(['roles', 'get', 'team'])).stdout;
    expect(shown).toMatch(/schedule_strategy\.create +own only +team-\* +any +8/);
    await admin.run(['users', 'create', 'carl', '-r', 'team']);
    expect(await admin.run(['roles', 'delete', 'team'])).toMatchObject({ code: 6 });
    expect(await admin.run(['roles', 'delete', 'team', '--unassign'])).toMatchObject({ code: 0 });
    await admin.run(['users', 'delete', 'carl']);
    expect((await admin.run(['roles', 'list'])).stdout).not.toContain('team');
  });

  it('name a permission that does not exist with its place', async () => {
    const { code, stderr } = await apply('name: odd\nrolePolicies:\n  - permissionKey: everything\n');

    expect(code).toBe(2);
    expect(stderr).toContain('standard input:3: rolePolicies[0].permissionKey: must be a key of');
  });

  it('can be made of the permissions that there are', async () => {
    expect((await admin.run(['roles', 'permissions'])).stdout).toMatch(
      /^KEY +DESCRIPTION\n(.*\n)*audit\.read /m,
    );
  });
});

describe('podium keys', () => {
  it('lists and rotates', async () => {
    const rotated = await admin.json(['keys', 'rotate']);

    expect(rotated.state).toBe('upcoming');
    expect((await admin.run(['keys', 'list'])).stdout).toContain(rotated.kid);
    expect(await admin.run(['keys', 'rotate'])).toMatchObject({ code: 6 });
  });
});

describe('podium audit', () => {
  it('lists what was done, with filters', async () => {
    await admin.run(['users', 'create', 'dora']);
    await admin.run(['users', 'delete', 'dora']);

    const { entries } = await admin.json([
      'audit',
      'list',
      '--action',
      'user.create',
      '--since',
      '1h',
      '--limit',
      '1',
    ]);
    expect(entries).toMatchObject([{ action: 'user.create', actor: { username: ADMIN.username } }]);
    expect((await admin.run(['audit', 'list', '--limit', '600'])).stdout).toMatch(
      /user\.delete +done +user dora/,
    );
    expect((await admin.json(['audit', 'list', '--until', '2020-01-01'])).entries).toEqual([]);
    expect(await admin.run(['audit', 'list', '--since', 'yesterday'])).toMatchObject({ code: 2 });
  });

  it('verifies the chain, and remembers its end', async () => {
    const first = await admin.run(['audit', 'verify']);
    const [, head] = /^head (.+)$/m.exec(first.stdout) ?? [];

    expect(first).toMatchObject({ code: 0, stderr: expect.stringContaining('remembered') });
    expect(first.stdout).toMatch(/^\d+ entries, none missing or altered\.\n/);
    expect(await admin.run(['audit', 'verify', '--head', String(head)])).toMatchObject({
      code: 0,
      stderr: '',
    });
    const heads = JSON.parse(
      await readFile(path.join(admin.home, '.config/podium/audit-heads.json'), 'utf8'),
    );
    expect(heads[server.url].hash).toMatch(/^[0-9a-f]{64}$/);
  });

  it.each([
    [
      'altered',
      3,
      (entries: Record<string, unknown>[]) => Object.assign(entries[2] ?? {}, { action: 'nothing' }),
    ],
    ['missing', 2, (entries: Record<string, unknown>[]) => entries.splice(1, 1)],
    [
      'out of its order',
      2,
      (entries: Record<string, unknown>[]) => entries.splice(1, 2, ...entries.slice(1, 3).toReversed()),
    ],
  ])('finds an entry that is %s', async (_, sequence, change) => {
    tamper = ({ data }) => void change(data.entries);

    const { code, stdout } = await admin.run(['audit', 'verify']);
    const told = await admin.run(['audit', 'verify', '-o', 'json']);
    tamper = () => {};

    expect(code).toBe(1);
    expect(stdout).toContain(`Entry ${sequence} `);
    expect(JSON.parse(told.stdout)).toMatchObject({ valid: false, firstFault: { sequence } });
  });

  it('finds that the end was cut off since the last check', async () => {
    await admin.run(['audit', 'verify']);
    tamper = ({ data }) => void data.entries.pop();

    const cut = await admin.run(['audit', 'verify']);
    const forgotten = await admin.run(['audit', 'verify', '--forget']);
    tamper = () => {};

    expect(cut).toMatchObject({ code: 1, stdout: expect.stringContaining('its end was cut off') });
    expect(forgotten).toMatchObject({ code: 0 });
  });
});
