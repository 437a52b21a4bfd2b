import { describe, expect, it } from 'vitest';
import { aGrant, aUser } from '../../tests/support/builders.js';
import {
  type Accounts,
  actingCaller,
  hasAdministrator,
  refuseBeyond,
  refuseLastAdministrator,
  refuseUnlessMay,
  rolesOf,
} from './administration.js';
import { EVERYTHING } from './grant-cover.js';
import type { Grant, Role } from './permission.js';
import type { Principal } from './principal.js';
import { USER_STATUS, type User } from './user.js';

const ANN = aUser({ id: 'a'.repeat(24), username: 'ann', roles: ['admin'] });
const BOB = aUser({ id: 'b'.repeat(24), username: 'bob', roles: ['helper'] });
const admin = aRole('admin', EVERYTHING);
const helper = aRole('helper', [
  aGrant({ permissionKey: 'user.read', ownOnly: true }),
  aGrant({ k8sNamespaces: ['web-*'], strongestPriority: 5 }),
]);
const accounts: Accounts = { users: [ANN, BOB], roles: [admin, helper] };

describe('the caller when it is their turn', () => {
  it('has the rights of now, not of when the request came in', () => {
    const before = principal(BOB, [admin]);

    expect(actingCaller(before, accounts).roles).toEqual([helper]);
  });

  it.each([
    ['gone', []],
    ['inactive', [{ ...BOB, status: USER_STATUS.inactive }]],
    ['to change the password', [{ ...BOB, status: USER_STATUS.mustChangePassword }]],
    ['of another token version', [{ ...BOB, tokenVersion: 2 }]],
  ])('is refused when %s', (_title, users) => {
    expect(() => actingCaller(principal(BOB, [helper]), { ...accounts, users })).toThrow('token revoked');
  });

  it('reaches only their own with an own-only grant', () => {
    const bob = principal(BOB, [helper]);

    expect(() => refuseUnlessMay(bob, 'user.read', true)).not.toThrow();
    expect(() => refuseUnlessMay(bob, 'user.read', false)).toThrow('forbidden');
    expect(() => refuseUnlessMay(bob, 'role.read', true)).toThrow('permission denied');
    const both = principal(BOB, [helper, aRole('all', [aGrant({ permissionKey: 'user.read' })])]);
    expect(() => refuseUnlessMay(both, 'user.read', false)).not.toThrow();
  });
});

describe('rights that the caller does not hold', () => {
  it('are refused, and named', () => {
    const beyond = [aGrant({ k8sNamespaces: ['web-a'] }), aGrant({ permissionKey: 'role.update' })];

    expect(() => refuseBeyond(principal(BOB, [helper]), beyond, 'give more than you hold')).toThrow(
      'permission denied: you may not give more than you hold: ' +
        'schedule_strategy.create (namespaces web-a), role.update',
    );
    expect(() => refuseBeyond(principal(BOB, [helper]), helper.grants, 'x')).not.toThrow();
    expect(() => refuseBeyond(principal(ANN, [admin]), beyond, 'x')).not.toThrow();
  });
});

describe('the last administrator', () => {
  const changedTo = (users: readonly User[], roles: readonly Role[] = accounts.roles): Accounts => ({
    users,
    roles,
  });

  it.each([
    ['deleted', changedTo([BOB])],
    ['disabled', changedTo([{ ...ANN, status: USER_STATUS.inactive }, BOB])],
    ['stripped', changedTo([{ ...ANN, roles: ['helper'] }, BOB])],
    [
      'robbed of one right by a change of the role',
      changedTo([ANN, BOB], [aRole('admin', EVERYTHING.slice(1)), helper]),
    ],
    ['robbed of the role', changedTo([ANN, BOB], [helper])],
    [
      'followed by one who is inactive',
      changedTo([{ ...BOB, roles: ['admin'], status: USER_STATUS.inactive }]),
    ],
    ['followed by one who never signed in', changedTo([{ ...BOB, roles: ['admin'], status: 3 }])],
  ])('is not %s', (_title, state) => {
    expect(() => refuseLastAdministrator(accounts, state)).toThrow('nobody would be left');
  });

  it('may go when another active user holds everything, through whatever roles', () => {
    const halves = [aRole('one', EVERYTHING.slice(0, 9)), aRole('two', EVERYTHING.slice(9)), helper];
    const follower = { ...BOB, roles: ['two', 'one'] };

    expect(() => refuseLastAdministrator(accounts, changedTo([follower], halves))).not.toThrow();
    expect(hasAdministrator(changedTo([{ ...BOB, roles: ['two'] }], halves))).toBe(false);
  });

  it('may get a new password, and does not keep others from being changed where there is none', () => {
    const reset = { ...ANN, status: USER_STATUS.mustChangePassword };
    expect(() => refuseLastAdministrator(accounts, changedTo([reset, BOB]))).not.toThrow();

    const without = changedTo([BOB]);
    expect(() => refuseLastAdministrator(without, changedTo([]))).not.toThrow();
  });
});

describe('roles of a user', () => {
  it('are those of the names they hold; prototypes have none', () => {
    expect(rolesOf({ roles: ['helper', 'gone', '__proto__', 'constructor'] }, accounts.roles)).toEqual([
      helper,
    ]);
  });
});

function aRole(name: string, grants: readonly Grant[]): Role {
  return { id: name, name, description: '', grants, createdTime: 1, updatedTime: 1, revision: 1 };
}

function principal(user: User, roles: readonly Role[]): Principal {
  return { user, roles, actor: { userId: user.id, username: user.username, address: '', requestId: 'r' } };
}
