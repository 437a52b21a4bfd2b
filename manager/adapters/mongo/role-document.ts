import type { Document } from 'mongodb';
import { STRONGEST_PRIORITY } from '../../../shared/domain/scheduling-values.js';
import { type Grant, PERMISSION_KEYS, type Role } from '../../domain/permission.js';
import { COLLECTIONS } from './collections.js';
import {
  type DocumentMapping,
  type Fields,
  idOf,
  revisionOf,
  type StoredDocument,
} from './document-collection.js';
import { documents, flag, int64, integer, text, texts } from './document-fields.js';
import { priorityOf } from './scheduling-fields.js';

/** Contract 1.13: a role's policies carry their limits as texts; our lists and priority stand beside them. */
export const ROLE_DOCUMENT: DocumentMapping<Role> = {
  collection: COLLECTIONS.roles,
  taken: 'a role of this name exists already: choose another name',
  toFields,
  fromDocument,
};

function toFields({ name, description, grants, createdTime, updatedTime }: Role): Fields {
  return {
    name,
    description,
    policies: grants.map(policyOf),
    createdTime: int64(createdTime),
    updatedTime: int64(updatedTime),
  };
}

function fromDocument(document: StoredDocument): Role {
  return {
    id: idOf(document),
    name: text(document.name),
    description: text(document.description),
    grants: documents(document.policies).flatMap(grantsOf),
    createdTime: integer(document.createdTime, 0),
    updatedTime: integer(document.updatedTime, 0),
    revision: revisionOf(document),
  };
}

function policyOf(grant: Grant): Fields {
  const policyNamespace = grant.policyNamespaces.join(',');
  return {
    permissionKey: grant.permissionKey,
    self: grant.ownOnly,
    k8sNamespace: grant.k8sNamespaces.join(','),
    policyNamespace,
    // As the first implementation spells it, so that it still reads what we wrote.
    policeNamespace: policyNamespace,
    k8sNamespaces: grant.k8sNamespaces,
    policyNamespaces: grant.policyNamespaces,
    strongestPriority: grant.strongestPriority,
  };
}

/** None for a key that means nothing to us. */
function grantsOf(policy: Document): readonly Grant[] {
  const permissionKey = PERMISSION_KEYS.find((key) => key === policy.permissionKey);
  if (permissionKey === undefined) return [];
  const policyNamespace = text(policy.policyNamespace) || text(policy.policeNamespace);
  return [
    {
      permissionKey,
      ownOnly: flag(policy.self, false),
      k8sNamespaces: limitsOf(policy.k8sNamespaces, text(policy.k8sNamespace)),
      policyNamespaces: limitsOf(policy.policyNamespaces, policyNamespace),
      strongestPriority:
        policy.strongestPriority === undefined ? STRONGEST_PRIORITY : priorityOf(policy.strongestPriority),
    },
  ];
}

function limitsOf(list: unknown, joined: string): readonly string[] {
  if (Array.isArray(list)) return texts(list);
  return joined
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
}
