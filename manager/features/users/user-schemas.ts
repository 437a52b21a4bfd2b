import { z } from '@hono/zod-openapi';
import { int64 } from '../../../shared/contract/wire-integer.js';
import { otherSpellings } from '../../../shared/http/fold-keys.js';
import { revisionField } from '../../../shared/http/if-match.js';
import { withoutCovered } from '../../domain/grant-cover.js';
import { PERMISSION_KEYS } from '../../domain/permission.js';
import { grantsOf, type Principal } from '../../domain/principal.js';
import type { User } from '../../domain/user.js';

const statusText = '1 active, 2 inactive, 3 must change the password';
const idSpellings = { userID: ['id'] };

export const createUserRequest = z
  .object({
    username: z.string().default(''),
    password: z
      .string()
      .default('')
      .openapi({ description: 'To be changed at the first sign-in; empty = one is made and answered once' }),
    roles: z
      .array(z.string())
      .default([])
      .openapi({ description: 'Names of roles; takes `user.permission.update`' }),
  })
  .openapi('CreateUser');

export const resetPasswordRequest = z
  .object({
    userID: z.string().default(''),
    newPassword: z
      .string()
      .default('')
      .openapi({ description: 'To be changed at the next sign-in; empty = one is made and answered once' }),
    revision: revisionField,
  })
  .openapi('ResetPassword')
  .register(otherSpellings, idSpellings);

export const userPermissionsRequest = z
  .object({
    userID: z.string().default(''),
    roles: z
      .array(z.string())
      .optional()
      .openapi({ description: 'Names of roles, replacing all; left out = they stay' }),
    status: int64()
      .optional()
      .openapi({ description: `${statusText}; left out = it stays` }),
    revision: revisionField,
  })
  .openapi('UserPermissionsRequest')
  .register(otherSpellings, idSpellings);

export const deleteUserRequest = z
  .object({
    userID: z.string().default(''),
    transferTo: z
      .string()
      .default('')
      .openapi({ description: 'Id of the user who gets the strategies and node policies' }),
    deleteOwned: z
      .boolean()
      .default(false)
      .openapi({ description: 'Delete the strategies and node policies of the user too' }),
    revision: revisionField,
  })
  .openapi('DeleteUser')
  .register(otherSpellings, idSpellings);

export const userIdParams = z.object({ userID: z.string() });

const password = z.string().optional().openapi({ description: 'When one was made: it is not kept anywhere' });

export const createdUser = z
  .object({
    id: z.string(),
    userID: z.string().openapi({ description: 'The same as `id`' }),
    revision: z.int(),
    password,
  })
  .openapi('CreatedUser');

export const changedUser = z.object({ revision: z.int(), password }).openapi('ChangedUser');

export const deletedUser = z
  .object({
    strategies: z.int().openapi({ description: 'Deleted, or handed over' }),
    nodePolicies: z.int(),
  })
  .openapi('DeletedUser');

export const userView = z
  .object({
    id: z.string(),
    username: z.string(),
    roles: z.array(z.string()),
    status: z.int().openapi({ description: statusText }),
    isExternal: z.boolean().openapi({ description: 'Signs in elsewhere and has no password here' }),
    createdTime: z.int(),
    updatedTime: z.int(),
    revision: z.int(),
  })
  .openapi('UserAccount');

export function toUserView(user: User): z.output<typeof userView> {
  const { id, username, roles, status, identity, createdTime, updatedTime, revision } = user;
  const isExternal = identity !== undefined;
  return { id, username, roles: [...roles], status, isExternal, createdTime, updatedTime, revision };
}

export const ownPermissions = z
  .object({
    id: z.string(),
    username: z.string(),
    roles: z.array(z.string()),
    status: z.int(),
    permissions: z.array(
      z.object({
        permissionKey: z.string(),
        grants: z
          .array(
            z.object({
              self: z.boolean(),
              k8sNamespaces: z.array(z.string()).openapi({ description: 'Globs; empty = all' }),
              policyNamespaces: z.array(z.string()).openapi({ description: 'Globs; empty = all' }),
              strongestPriority: z.int(),
            }),
          )
          .openapi({ description: 'Each one allows; what another one allows too is left out' }),
      }),
    ),
  })
  .openapi('OwnPermissions');

/** What the caller may do, key by key; a key that is missing is denied. */
export function toOwnPermissions(principal: Principal): z.output<typeof ownPermissions> {
  const { id, username, roles, status } = principal.user;
  const permissions = PERMISSION_KEYS.flatMap((permissionKey) => {
    const grants = withoutCovered(grantsOf(principal, permissionKey)).map((grant) => ({
      self: grant.ownOnly,
      k8sNamespaces: [...grant.k8sNamespaces],
      policyNamespaces: [...grant.policyNamespaces],
      strongestPriority: grant.strongestPriority,
    }));
    return grants.length === 0 ? [] : [{ permissionKey, grants }];
  });
  return { id, username, roles: [...roles], status, permissions };
}
