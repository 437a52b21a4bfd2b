import { DEFAULT_PRIORITY } from '../../shared/domain/scheduling-values.js';
import { normalSelectors } from './label-selectors.js';
import type { ResourceKind } from './resource-kind.js';

/** Strategies, with the defaults that the server fills in. */
export const strategyKind: ResourceKind = {
  noun: 'strategy',
  plural: 'strategies',
  path: '/api/v1/strategies',
  listPath: '/api/v1/strategies/self',
  listKey: 'strategies',
  idKey: 'strategyId',
  fields: [
    { name: 'name', fallback: '' },
    { name: 'description', fallback: '' },
    { name: 'strategyNamespace', fallback: '' },
    { name: 'labelSelectors', fallback: [], normal: normalSelectors },
    { name: 'k8sNamespace', otherNames: ['k8sNamespaces'], fallback: [] },
    { name: 'commandRegex', fallback: '' },
    { name: 'commandTarget', fallback: 'comm' },
    { name: 'containerNames', fallback: [] },
    { name: 'priority', fallback: DEFAULT_PRIORITY },
    { name: 'executionTime', fallback: 0 },
    { name: 'precedence', fallback: 0 },
    { name: 'threads', fallback: false },
    { name: 'enabled', fallback: true },
    { name: 'expiresAt', fallback: '', normal: normalTime },
    { name: 'allPods', fallback: false },
  ],
  readOnlyKeys: new Set(['ownerid', 'createdtime', 'updatedtime', 'revision', 'matchedpods', 'warnings']),
  identity: 'name',
  createsOnce: true,
  keepsMissing: false,
};

function normalTime(value: unknown): unknown {
  const time = typeof value === 'string' && value !== '' ? new Date(value) : undefined;
  return time === undefined || Number.isNaN(time.getTime()) ? value : time.toISOString();
}
