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
import { type Route, requires, route, signedIn } from '../../../shared/http/route.js';
import type { Clock } from '../../../shared/lifecycle/clock.js';
import type { Principal } from '../../domain/principal.js';
import type { UserDeletion } from './user-deletion.js';
import {
  changedUser,
  createdUser,
  createUserRequest,
  deletedUser,
  deleteUserRequest,
  ownPermissions,
  resetPasswordRequest,
  toOwnPermissions,
  toUserView,
  userIdParams,
  userPermissionsRequest,
  userView,
} from './user-schemas.js';
import type { SavedUser, UserService } from './user-service.js';

const tag = 'users';

export function userRoutes(service: UserService, deletion: UserDeletion, clock: Clock): Route<Principal>[] {
  const changed = (saved: SavedUser) =>
    withRevision(success(clock.now(), changeOf(saved)), saved.user.revision);
  return [
    route(
      {
        method: 'post',
        path: '/api/v1/users',
        summary: 'Create a user',
        description: 'The user must change the password at the first sign-in.',
        tag,
        access: requires('user.create'),
        body: createUserRequest,
        refusals: ['conflict'],
        answers: { 200: { description: 'Created', schema: successOf(createdUser) } },
      },
      async ({ principal, body }) => {
        const saved = await service.create(principal, body);
        const { id } = saved.user;
        return success(clock.now(), { id, userID: id, ...changeOf(saved) });
      },
    ),
    route(
      {
        method: 'get',
        path: '/api/v1/users',
        summary: 'List users',
        tag,
        access: requires('user.read'),
        query: pageQuery,
        answers: {
          200: {
            description: 'Oldest first; by id when read in pages',
            schema: successOf(z.object({ users: z.array(userView), nextCursor: z.string().optional() })),
          },
        },
      },
      async ({ principal, query }) => {
        const { items, ...rest } = pageOf(await service.list(principal), query);
        return success(clock.now(), { users: items.map(toUserView), ...rest });
      },
    ),
    route(
      {
        method: 'get',
        path: '/api/v1/users/self/permissions',
        summary: 'What may I do',
        description: 'The grants of all roles of the caller, key by key. A key that is missing is denied.',
        tag,
        access: signedIn,
        answers: { 200: { description: 'Permissions', schema: successOf(ownPermissions) } },
      },
      ({ principal }) => success(clock.now(), toOwnPermissions(principal)),
    ),
    route(
      {
        method: 'get',
        path: '/api/v1/users/{userID}',
        summary: 'Get one user',
        tag,
        access: requires('user.read'),
        params: userIdParams,
        refusals: ['not_found'],
        answers: { 200: { description: 'The user', schema: successOf(userView), headers: entityTagHeader } },
      },
      async ({ principal, params }) => {
        const user = await service.get(principal, checkedUserId(params.userID));
        return withRevision(success(clock.now(), toUserView(user)), user.revision);
      },
    ),
    route(
      {
        method: 'delete',
        path: '/api/v1/users',
        summary: 'Delete a user',
        description:
          'Refused with 409 while the user owns strategies or node policies, unless the body says who gets them or ' +
          'that they go too.',
        tag,
        access: requires('user.delete'),
        headers: ifMatchHeader,
        body: deleteUserRequest,
        refusals: ['not_found', 'conflict'],
        answers: { 200: { description: 'Deleted', schema: successOf(deletedUser) } },
      },
      async ({ principal, body: { userID, revision, ...inheritance }, caller }) => {
        const target = { id: checkedUserId(userID), expectedRevision: expectedRevision(caller, revision) };
        return success(clock.now(), await deletion.delete(principal, target, inheritance));
      },
    ),
    route(
      {
        method: 'put',
        path: '/api/v1/users/password',
        summary: 'Reset the password of a user',
        description:
          'Ends everything the user is signed in with. The user must change the password at the next sign-in.',
        tag,
        access: requires('user.password.reset'),
        headers: ifMatchHeader,
        body: resetPasswordRequest,
        refusals: ['not_found', 'conflict'],
        answers: { 200: { description: 'Reset', schema: successOf(changedUser), headers: entityTagHeader } },
      },
      async ({ principal, body: { userID, newPassword, revision }, caller }) => {
        const target = { id: checkedUserId(userID), expectedRevision: expectedRevision(caller, revision) };
        return changed(await service.resetPassword(principal, target, newPassword));
      },
    ),
    route(
      {
        method: 'put',
        path: '/api/v1/users/permissions',
        summary: 'Set the roles and the status of a user',
        description: 'Ends everything the user is signed in with, if it changes anything.',
        tag,
        access: requires('user.permission.update'),
        headers: ifMatchHeader,
        body: userPermissionsRequest,
        refusals: ['not_found', 'conflict'],
        answers: { 200: { description: 'Set', schema: successOf(changedUser), headers: entityTagHeader } },
      },
      async ({ principal, body: { userID, revision, roles, status }, caller }) => {
        const target = { id: checkedUserId(userID), expectedRevision: expectedRevision(caller, revision) };
        return changed({ user: await service.setPermissions(principal, target, { roles, status }) });
      },
    ),
  ];
}

function changeOf({ user: { revision }, password }: SavedUser) {
  return { revision, ...(password === undefined ? {} : { password }) };
}

/** In the words of the public API. */
function checkedUserId(id: string): string {
  return checkedId('userID', id, { malformed: 'invalid user ID' });
}
