import { z } from '@hono/zod-openapi';
import { int64 } from '../../../shared/contract/wire-integer.js';
import { COMMAND_TARGETS } from '../../../shared/domain/intent.js';
import { LABEL_OPERATORS, type LabelRequirement } from '../../../shared/domain/label-selector.js';
import { otherSpellings } from '../../../shared/http/fold-keys.js';
import { pageQuery } from '../../../shared/http/page.js';
import type { Strategy } from '../../domain/strategy.js';
import type { StrategyDraft } from '../../domain/strategy-rules.js';

const selectorRequest = z
  .object({
    key: z.string().default(''),
    value: z.string().optional().openapi({ description: 'Equality; empty or missing = the key exists' }),
    operator: z.enum(LABEL_OPERATORS).optional(),
    values: z.array(z.string()).optional(),
  })
  .openapi('LabelSelector');

const fields = {
  name: z.string().default('').openapi({ description: 'Unique for its owner when given' }),
  description: z.string().default(''),
  strategyNamespace: z
    .string()
    .default('')
    .openapi({ description: 'Tenant tag that roles are checked against' }),
  labelSelectors: z.array(selectorRequest).default([]).openapi({ description: 'All must be met' }),
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

/** Keys that our own answers carry: whoever sends an answer back may leave them in (DESIGN 3). */
const READ_ONLY_KEYS: ReadonlySet<string> = new Set([
  'id',
  'strategyid',
  'ownerid',
  'createdtime',
  'updatedtime',
  'revision',
  'matchedpods',
  'warnings',
]);

export function withoutReadOnlyKeys(unknownKeys: readonly string[]): readonly string[] {
  return unknownKeys.filter((key) => !READ_ONLY_KEYS.has(key.toLowerCase()));
}

const spellings = { k8sNamespace: ['k8sNamespaces'] };

export const createStrategyRequest = z
  .object(fields)
  .openapi('CreateStrategy')
  .register(otherSpellings, spellings);

export const updateStrategyRequest = z
  .object({
    ...fields,
    strategyId: z.string().default(''),
    revision: int64()
      .optional()
      .openapi({ description: 'Refuse with 409 when it is another one by now; the same as If-Match' }),
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

export const ifMatchHeader = z.object({
  'If-Match': z.string().optional().openapi({
    example: '"3"',
    description: 'The ETag of an earlier answer: 409 with `data.revision` when it is another one by now',
  }),
});

export const entityTagHeader = z.object({
  ETag: z.string().openapi({ example: '"3"', description: 'The revision, for If-Match' }),
});

const selectorView = z.object({
  key: z.string(),
  value: z.string().optional(),
  operator: z.enum(LABEL_OPERATORS),
  values: z.array(z.string()),
});

/** Public lists spell their keys in two ways, with equal values (contract 1.7). */
export const strategyView = z
  .object({
    ID: z.string(),
    StrategyNamespace: z.string(),
    LabelSelectors: z.array(selectorView),
    K8sNamespace: z.array(z.string()),
    CommandRegex: z.string(),
    Priority: z.int(),
    ExecutionTime: z.int(),
    id: z.string(),
    name: z.string(),
    description: z.string(),
    strategyNamespace: z.string(),
    labelSelectors: z.array(selectorView),
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
  const labelSelectors = spec.labelSelectors.map(toSelectorView);
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

/** `value` stands where the condition can be said in the public form: one value, or none for "exists". */
function toSelectorView({ key, operator, values }: LabelRequirement): StrategyView['labelSelectors'][number] {
  const [first] = values;
  const isEquality = operator === 'In' && values.length === 1 && first !== undefined;
  return { key, ...(isEquality ? { value: first } : {}), operator, values: [...values] };
}
