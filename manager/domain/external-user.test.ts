import { describe, expect, it } from 'vitest';
import { groupsOf, isOfDomain, rolesOfGroups, usernameOf } from './external-user.js';

describe('rolesOfGroups', () => {
  const table = [
    { group: 'admins', role: 'admin' },
    { group: 'devs', role: 'operator' },
    { group: 'ops', role: 'operator' },
  ];

  it.each([
    [['devs', 'admins'], '', ['admin', 'operator']],
    [['devs', 'ops', 'others'], '', ['operator']],
    [['others'], '', []],
    [['others'], 'viewer', ['viewer']],
    [['devs'], 'viewer', ['operator']],
    [['Admins', '__proto__'], '', []],
  ])('%j with the default %j gives %j', (groups, defaultRole, roles) =>
    expect(rolesOfGroups(groups, table, defaultRole)).toEqual(roles),
  );
});

describe('claims', () => {
  it('of groups are texts in a list, one text, or under a path', () => {
    expect(groupsOf({ groups: ['a', 7, '', null, 'b'] }, 'groups')).toEqual(['a', 'b']);
    expect(groupsOf({ groups: 'a' }, 'groups')).toEqual(['a']);
    expect(groupsOf({ realm_access: { roles: ['a'] } }, 'realm_access.roles')).toEqual(['a']);
    expect(groupsOf({ 'https://x.example/groups': ['a'] }, 'https://x.example/groups')).toEqual(['a']);
    expect(groupsOf({}, 'groups')).toEqual([]);
    expect(groupsOf({}, 'constructor.name')).toEqual([]);
  });

  it.each([7, '', ' ann', 'ann\n', 'an\u0000n', 'a'.repeat(257), null, ['ann']])(
    'have no name where %j stands',
    (name) => expect(usernameOf({ name }, 'name')).toBeUndefined(),
  );

  it('have a name where there is one', () => expect(usernameOf({ name: 'Änn B.' }, 'name')).toBe('Änn B.'));

  it.each([
    [{ email: 'a@Corp.example', email_verified: true }, true],
    [{ email: 'a@corp.example', email_verified: false }, false],
    [{ email: 'a@corp.example' }, false],
    [{ email: 'a@corp.example', email_verified: 'true' }, false],
    [{ email: 'a@evil.example', email_verified: true }, false],
    [{ email: 'corp.example@evil.example', email_verified: true }, false],
    [{}, false],
  ])('%j are of the domain: %s', (claims, expected) => {
    expect(isOfDomain(claims, ['corp.example'])).toBe(expected);
    expect(isOfDomain(claims, [])).toBe(true);
  });
});
