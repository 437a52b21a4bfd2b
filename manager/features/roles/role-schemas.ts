import { z } from '@hono/zod-openapi';
import { int64 } from '../../../shared/contract/wire-integer.js';
import { otherSpellings } from '../../../shared/http/fold-keys.js';
import { revisionField } from '../../../shared/http/if-match.js';
import { readOnlyKeys } from '../../../shared/http/read-only-keys.js';
import type { Grant, Role } from '../../domain/permission.js';

const policyRequest = z
  .object({
    permissionKey: z.string().default('').openapi({ description: 'A key of GET /api/v1/permissions' }),
    self: z.boolean().default(false).openapi({ description: 'Only on what the holder owns' }),
    k8sNamespace: z
      .string()
      .optional()
      .openapi({ description: 'Kubernetes namespaces, globs joined by commas; empty = no limit' }),
    k8sNamespaces: z.array(z.string()).optional().openapi({ description: 'The same as a list' }),
    policyNamespace: z
      .string()
      .optional()
      .openapi({ description: 'Tenant tags (strategyNamespace), globs joined by commas; empty = no limit' }),
    policyNamespaces: z.array(z.string()).optional().openapi({ description: 'The same as a list' }),
    strongestPriority: int64()
      .default(0)
      .openapi({ description: 'The strongest (lowest) priority that strategies may have, 0..20' }),
  })
  .openapi('RolePolicyRequest');

const spellings = { rolePolicies: ['rolePolicy'] };

export const createRoleRequest = z
  .object({
    name: z.string().default(''),
    description: z.string().default(''),
    rolePolicies: z.array(policyRequest).default([]),
  })
  .openapi('CreateRole')
  .register(otherSpellings, spellings);

export const updateRoleRequest = z
  .object({
    id: z.string().default(''),
    name: z.string().optional(),
    description: z.string().optional(),
    rolePolicies: z
      .array(policyRequest)
      .optional()
      .openapi({ description: 'Replace all of them; left out = they stay' }),
    revision: revisionField,
  })
  .openapi('UpdateRole')
  .register(otherSpellings, { ...spellings, id: ['roleId'] });

export const deleteRoleRequest = z
  .object({
    id: z.string().default(''),
    unassign: z
      .boolean()
      .default(false)
      .openapi({ description: 'Take the role from everybody who holds it; otherwise it must be unused' }),
    revision: revisionField,
  })
  .openapi('DeleteRole')
  .register(otherSpellings, { id: ['roleId'] });

export const roleIdParams = z.object({ roleID: z.string() });

export const withoutReadOnlyKeys = readOnlyKeys('id', 'roleId', 'createdTime', 'updatedTime', 'revision');

export const createdRole = z.object({ id: z.string() }).openapi('CreatedRole');
export const changedRole = z.object({ revision: z.int() }).openapi('ChangedRole');
export const deletedRole = z
  .object({ unassigned: z.array(z.string()).openapi({ description: 'Names of the users who held it' }) })
  .openapi('DeletedRole');

const policyView = z
  .object({
    permissionKey: z.string(),
    self: z.boolean(),
    k8sNamespace: z.string(),
    policyNamespace: z.string(),
    k8sNamespaces: z.array(z.string()),
    policyNamespaces: z.array(z.string()),
    strongestPriority: z.int(),
  })
  .openapi('RolePolicy');

/** `rolePolicy` alone, as the public list has it: with both names an edited answer could say two things. */
export const roleView = z
  .object({
    id: z.string(),
    name: z.string(),
    description: z.string(),
    rolePolicy: z.array(policyView),
    createdTime: z.int(),
    updatedTime: z.int(),
    revision: z.int(),
  })
  .openapi('Role');

export const permissionView = z.object({ key: z.string(), description: z.string() }).openapi('Permission');

export function toRoleView({ grants, ...role }: Role): z.output<typeof roleView> {
  const { id, name, description, createdTime, updatedTime, revision } = role;
  return { id, name, description, rolePolicy: grants.map(toPolicyView), createdTime, updatedTime, revision };
}

function toPolicyView(grant: Grant): z.output<typeof policyView> {
  return {
    permissionKey: grant.permissionKey,
    self: grant.ownOnly,
    k8sNamespace: grant.k8sNamespaces.join(','),
    policyNamespace: grant.policyNamespaces.join(','),
    k8sNamespaces: [...grant.k8sNamespaces],
    policyNamespaces: [...grant.policyNamespaces],
    strongestPriority: grant.strongestPriority,
  };
}
