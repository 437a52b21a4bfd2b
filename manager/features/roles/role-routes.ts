import { z } from '@hono/zod-openapi';
import { successOf } from '../../../shared/contract/envelope.js';
import { success } from '../../../shared/http/answers.js';
import { checkedId } from '../../../shared/http/checked-id.js';
import {
  entityTagHeader,
  expectedRevision,
  ifMatchHeader,
  withRevision,
} from '../../../shared/http/if-match.js';
import { pageOf, pageQuery } from '../../../shared/http/page.js';
import { type Route, requires, route } from '../../../shared/http/route.js';
import type { Clock } from '../../../shared/lifecycle/clock.js';
import { PERMISSION_KEYS, PERMISSIONS } from '../../domain/permission.js';
import type { Principal } from '../../domain/principal.js';
import {
  changedRole,
  createdRole,
  createRoleRequest,
  deletedRole,
  deleteRoleRequest,
  permissionView,
  roleIdParams,
  roleView,
  toRoleView,
  updateRoleRequest,
  withoutReadOnlyKeys,
} from './role-schemas.js';
import type { RoleService } from './role-service.js';

const tag = 'roles';

export function roleRoutes(service: RoleService, clock: Clock): Route<Principal>[] {
  return [
    route(
      {
        method: 'post',
        path: '/api/v1/roles',
        summary: 'Create a role',
        description: 'Nobody gives more than they hold: each policy must be covered by those of the caller.',
        tag,
        access: requires('role.create'),
        body: createRoleRequest,
        refusals: ['conflict'],
        answers: { 200: { description: 'Created', schema: successOf(createdRole) } },
      },
      async ({ principal, body: { rolePolicies, ...body }, unknownKeys }) => {
        const draft = { ...body, policies: rolePolicies };
        const { id } = await service.create(principal, {
          draft,
          unknownKeys: withoutReadOnlyKeys(unknownKeys),
        });
        return success(clock.now(), { id });
      },
    ),
    route(
      {
        method: 'get',
        path: '/api/v1/roles',
        summary: 'List roles',
        tag,
        access: requires('role.read'),
        query: pageQuery,
        answers: {
          200: {
            description: 'Oldest first; by id when read in pages',
            schema: successOf(z.object({ roles: z.array(roleView), nextCursor: z.string().optional() })),
          },
        },
      },
      async ({ principal, query }) => {
        const { items, ...rest } = pageOf(await service.list(principal), query);
        return success(clock.now(), { roles: items.map(toRoleView), ...rest });
      },
    ),
    route(
      {
        method: 'get',
        path: '/api/v1/roles/{roleID}',
        summary: 'Get one role',
        tag,
        access: requires('role.read'),
        params: roleIdParams,
        refusals: ['not_found'],
        answers: { 200: { description: 'The role', schema: successOf(roleView), headers: entityTagHeader } },
      },
      async ({ principal, params }) => {
        const role = await service.get(principal, checkedRoleId(params.roleID));
        return withRevision(success(clock.now(), toRoleView(role)), role.revision);
      },
    ),
    route(
      {
        method: 'put',
        path: '/api/v1/roles',
        summary: 'Change a role',
        description:
          'What is left out stays; policies that are given replace all. A new name goes to everybody who holds the ' +
          'role. It counts from the next request of its holders on.',
        tag,
        access: requires('role.update'),
        headers: ifMatchHeader,
        body: updateRoleRequest,
        refusals: ['conflict'],
        answers: {
          200: { description: 'Changed', schema: successOf(changedRole), headers: entityTagHeader },
        },
      },
      async ({ principal, body: { id, revision, rolePolicies, ...body }, unknownKeys, caller }) => {
        const target = { id: checkedRoleId(id), expectedRevision: expectedRevision(caller, revision) };
        const draft = { ...body, policies: rolePolicies };
        const role = await service.update(principal, target, {
          draft,
          unknownKeys: withoutReadOnlyKeys(unknownKeys),
        });
        return withRevision(success(clock.now(), { revision: role.revision }), role.revision);
      },
    ),
    route(
      {
        method: 'delete',
        path: '/api/v1/roles',
        summary: 'Delete a role',
        description: 'Refused with 409 while somebody holds it, unless `unassign` says to take it from them.',
        tag,
        access: requires('role.delete'),
        headers: ifMatchHeader,
        body: deleteRoleRequest,
        refusals: ['not_found', 'conflict'],
        answers: { 200: { description: 'Deleted', schema: successOf(deletedRole) } },
      },
      async ({ principal, body: { id, revision, unassign }, caller }) => {
        const target = { id: checkedRoleId(id), expectedRevision: expectedRevision(caller, revision) };
        return success(clock.now(), { unassigned: await service.delete(principal, target, unassign) });
      },
    ),
    route(
      {
        method: 'get',
        path: '/api/v1/permissions',
        summary: 'List permissions',
        tag,
        access: requires('permission.read'),
        answers: {
          200: {
            description: 'Every key that a policy can name',
            schema: successOf(z.object({ permissions: z.array(permissionView) })),
          },
        },
      },
      () => {
        const permissions = PERMISSION_KEYS.map((key) => ({ key, description: PERMISSIONS[key] }));
        return success(clock.now(), { permissions });
      },
    ),
  ];
}

/** In the words of the public API. */
function checkedRoleId(id: string): string {
  return checkedId('id', id, { malformed: 'invalid role ID' });
}
