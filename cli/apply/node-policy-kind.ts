import { DEFAULT_PRIORITY } from '../../shared/domain/scheduling-values.js';
import { normalSelectors } from './label-selectors.js';
import type { ResourceKind } from './resource-kind.js';

/** Node policies. They have no names: a document without an id is about the one that says the same, or a new one. */
export const nodePolicyKind: ResourceKind = {
  noun: 'node policy',
  plural: 'node policies',
  path: '/api/v1/node-scheduling-policies',
  listPath: '/api/v1/node-scheduling-policies/self',
  listKey: 'policies',
  idKey: 'policyId',
  fields: [
    { name: 'nodeSelectors', fallback: [], normal: normalSelectors },
    { name: 'nodeNames', fallback: [] },
    { name: 'draSelectors', fallback: [] },
    { name: 'commandRegex', fallback: '' },
    { name: 'priority', fallback: DEFAULT_PRIORITY },
    { name: 'executionTime', fallback: 0 },
  ],
  readOnlyKeys: new Set(['ownerid', 'createdtime', 'updatedtime', 'revision', 'matchednodes', 'warnings']),
  identity: 'content',
  createsOnce: false,
  keepsMissing: false,
};
