import { foldedItem, type ResourceKind } from './resource-kind.js';

/** Roles. What a document does not name stays as it is, so that a forgotten list takes no right away. */
export const roleKind: ResourceKind = {
  noun: 'role',
  plural: 'roles',
  path: '/api/v1/roles',
  listPath: '/api/v1/roles',
  listKey: 'roles',
  idKey: 'roleId',
  fields: [
    { name: 'name', fallback: '' },
    { name: 'description', fallback: '' },
    { name: 'rolePolicies', otherNames: ['rolePolicy'], fallback: [], normal: normalPolicies },
  ],
  readOnlyKeys: new Set(['createdtime', 'updatedtime', 'revision']),
  identity: 'name',
  createsOnce: false,
  keepsMissing: true,
};

/** Policies add up whatever their order, and lists of globs come in two spellings. */
function normalPolicies(value: unknown): unknown {
  if (!Array.isArray(value)) return value;
  return value
    .map((entry) => {
      const policy = foldedItem(entry);
      if (policy === undefined) return entry;
      const { permissionkey, self, strongestpriority, ...rest } = policy;
      const { k8snamespace, k8snamespaces, policynamespace, policynamespaces, ...unknown } = rest;
      return {
        permissionKey: permissionkey,
        self: self ?? false,
        k8sNamespaces: globs(k8snamespaces, k8snamespace),
        policyNamespaces: globs(policynamespaces, policynamespace),
        strongestPriority: strongestpriority ?? 0,
        ...unknown,
      };
    })
    .sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
}

function globs(list: unknown, joined: unknown): unknown {
  if (Array.isArray(list) && list.length > 0) return list;
  if (typeof joined !== 'string' || joined === '') return list ?? [];
  return joined.split(',').map((glob) => glob.trim());
}
