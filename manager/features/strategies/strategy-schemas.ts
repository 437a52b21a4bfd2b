import { z } from '@hono/zod-openapi';
import {
  labelSelectorRequest,
  labelSelectorView,
  toLabelSelectorView,
} from '../../../shared/contract/label-selector-schema.js';
import { int64 } from '../../../shared/contract/wire-integer.js';
import { COMMAND_TARGETS } from '../../../shared/domain/intent.js';
import { otherSpellings } from '../../../shared/http/fold-keys.js';
import { revisionField } from '../../../shared/http/if-match.js';
import { pageQuery } from '../../../shared/http/page.js';
import { readOnlyKeys } from '../../../shared/http/read-only-keys.js';
import type { Strategy } from '../../domain/strategy.js';
import type { StrategyDraft } from '../../domain/strategy-rules.js';

const fields = {
  name: z.string().default('').openapi({ description: 'Unique for its owner when given' }),
  description: z.string().default(''),
  strategyNamespace: z
    .string()
    .default('')
    .openapi({ description: 'Tenant tag that roles are checked against' }),
  labelSelectors: z.array(labelSelectorRequest).default([]).openapi({ description: 'All must be met' }),
  k8sNamespace: z
    .array(z.string())
    .default([])
    .openapi({ description: 'Kubernetes namespaces; empty = all that you may use' }),
  commandRegex: z
    .string()
    .default('')
    .openapi({ description: 'RE2, unanchored; empty = every process of the pod' }),
  commandTarget: z.enum(COMMAND_TARGETS).default('comm'),
  containerNames: z.array(z.string()).default([]).openapi({ description: 'Empty = every container' }),
  priority: int64().optional().openapi({ description: '0..20, lower is stronger; 10 when missing' }),
  executionTime: int64()
    .default(0)
    .openapi({ description: 'Time slice in nanoseconds; 0 = default, else 100000 to 1000000000' }),
  precedence: int64().default(0).openapi({ description: 'Higher wins before priority is looked at' }),
  threads: z.boolean().default(false).openapi({ description: 'Also list the threads of the processes' }),
  enabled: z.boolean().default(true),
  expiresAt: z.string().default('').openapi({ description: 'RFC 3339; empty = never' }),
  allPods: z
    .boolean()
    .default(false)
    .openapi({ description: 'Must be true for a strategy with neither label selectors nor namespaces' }),
};

export const withoutReadOnlyKeys = readOnlyKeys(
  'id',
  'strategyId',
  'ownerId',
  'createdTime',
  'updatedTime',
  'revision',
  'matchedPods',
  'warnings',
);

const spellings = { k8sNamespace: ['k8sNamespaces'] };

export const createStrategyRequest = z
  .object(fields)
  .openapi('CreateStrategy')
  .register(otherSpellings, spellings);

export const updateStrategyRequest = z
  .object({
    ...fields,
    strategyId: z.string().default(''),
    revision: revisionField,
  })
  .openapi('UpdateStrategy')
  .register(otherSpellings, { ...spellings, strategyId: ['id'] });

export const deleteStrategyRequest = z
  .object({ strategyId: z.string().default('') })
  .openapi('DeleteStrategy')
  .register(otherSpellings, { strategyId: ['id'] });

export const strategyIdParams = z.object({ strategyId: z.string() });

export const createdData = z
  .object({
    id: z.string(),
    strategyId: z.string().openapi({ description: 'The same as `id`' }),
    warnings: z.array(z.string()).optional(),
  })
  .openapi('CreatedStrategy');

export const updatedData = createdData.extend({ revision: z.int() }).openapi('UpdatedStrategy');

export const strategyListQuery = pageQuery.extend({
  owner: z.string().optional().openapi({ description: 'User id' }),
  namespace: z.string().optional().openapi({ description: 'The tenant tag, strategyNamespace' }),
  name: z.string().optional(),
});

/** Public lists spell their keys in two ways, with equal values (contract 1.7). */
export const strategyView = z
  .object({
    ID: z.string(),
    StrategyNamespace: z.string(),
    LabelSelectors: z.array(labelSelectorView),
    K8sNamespace: z.array(z.string()),
    CommandRegex: z.string(),
    Priority: z.int(),
    ExecutionTime: z.int(),
    id: z.string(),
    name: z.string(),
    description: z.string(),
    strategyNamespace: z.string(),
    labelSelectors: z.array(labelSelectorView),
    k8sNamespace: z.array(z.string()),
    commandRegex: z.string(),
    commandTarget: z.enum(COMMAND_TARGETS),
    containerNames: z.array(z.string()),
    priority: z.int(),
    executionTime: z.int(),
    precedence: z.int(),
    threads: z.boolean(),
    enabled: z.boolean(),
    expiresAt: z.string(),
    allPods: z.boolean(),
    ownerId: z.string(),
    createdTime: z.int(),
    updatedTime: z.int(),
    revision: z.int(),
    matchedPods: z.int().openapi({ description: 'Pods that the strategy concerns now' }),
  })
  .openapi('Strategy');

export type StrategyView = z.output<typeof strategyView>;

/** A body of the right types as the domain takes it. */
export function toDraft(body: z.output<typeof createStrategyRequest>): StrategyDraft {
  return body;
}

export function toStrategyView({ id, ownerId, spec, ...rest }: Strategy, matchedPods: number): StrategyView {
  const labelSelectors = spec.labelSelectors.map(toLabelSelectorView);
  const { strategyNamespace, commandRegex, priority, executionTime } = spec;
  const k8sNamespace = [...spec.k8sNamespace];
  return {
    ID: id,
    StrategyNamespace: strategyNamespace,
    LabelSelectors: labelSelectors,
    K8sNamespace: k8sNamespace,
    CommandRegex: commandRegex,
    Priority: priority,
    ExecutionTime: executionTime,
    ...spec,
    ...rest,
    id,
    ownerId,
    labelSelectors,
    k8sNamespace,
    containerNames: [...spec.containerNames],
    expiresAt: spec.expiresAt === undefined ? '' : new Date(spec.expiresAt).toISOString(),
    matchedPods,
  };
}
