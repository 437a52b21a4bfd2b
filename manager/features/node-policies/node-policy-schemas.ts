import { z } from '@hono/zod-openapi';
import { int64 } from '../../../shared/contract/wire-integer.js';
import { DomainError, invalid } from '../../../shared/domain/domain-error.js';
import { LABEL_OPERATORS, type LabelRequirement } from '../../../shared/domain/label-selector.js';
import { otherSpellings } from '../../../shared/http/fold-keys.js';
import type { NodePolicy } from '../../domain/node-policy.js';
import type { NodePolicyDraft } from '../../domain/node-policy-rules.js';

const selectorRequest = z
  .object({
    key: z.string().default(''),
    value: z.string().optional().openapi({ description: 'Equality; empty or missing = the key exists' }),
    operator: z.enum(LABEL_OPERATORS).optional(),
    values: z.array(z.string()).optional(),
  })
  .openapi('NodeLabelSelector');

const deviceSelectorRequest = z
  .object({
    deviceClass: z.string().default(''),
    attributes: z.array(z.object({ key: z.string().default(''), value: z.string().default('') })).default([]),
  })
  .openapi('DeviceSelector');

const fields = {
  nodeSelectors: z
    .array(selectorRequest)
    .default([])
    .openapi({ description: "All must be met by the node's labels" }),
  nodeNames: z
    .array(z.string())
    .default([])
    .openapi({ description: 'Empty = any name; needed where there are no selectors' }),
  draSelectors: z
    .array(deviceSelectorRequest)
    .default([])
    .openapi({ description: 'Must be empty: the devices of nodes are not read' }),
  commandRegex: z
    .string()
    .default('')
    .openapi({ description: 'RE2, unanchored, on comm; needed: an empty one would match no process' }),
  priority: int64().optional().openapi({ description: '0..20, lower is stronger; 10 when missing' }),
  executionTime: int64()
    .default(0)
    .openapi({ description: 'Time slice in nanoseconds; 0 = default, else 100000 to 1000000000' }),
};

/** Keys that our own answers carry: whoever sends an answer back may leave them in (DESIGN 3). */
const READ_ONLY_KEYS: ReadonlySet<string> = new Set([
  'id',
  'policyid',
  'ownerid',
  'createdtime',
  'updatedtime',
  'revision',
  'matchednodes',
  'warnings',
]);

export function withoutReadOnlyKeys(unknownKeys: readonly string[]): readonly string[] {
  return unknownKeys.filter((key) => !READ_ONLY_KEYS.has(key.toLowerCase()));
}

export const createNodePolicyRequest = z.object(fields).openapi('CreateNodePolicy');

export const updateNodePolicyRequest = z
  .object({
    ...fields,
    policyId: z.string().default(''),
    revision: int64()
      .optional()
      .openapi({ description: 'That the change is based on; as the header If-Match' }),
  })
  .openapi('UpdateNodePolicy')
  .register(otherSpellings, { policyId: ['id'] });

export const deleteNodePolicyRequest = z
  .object({ policyId: z.string().default('') })
  .openapi('DeleteNodePolicy')
  .register(otherSpellings, { policyId: ['id'] });

export const nodePolicyIdParams = z.object({ policyId: z.string() });

export const ifMatchHeader = z.object({
  'if-match': z
    .string()
    .optional()
    .openapi({ description: 'The revision that the change is based on, in quotes; 409 when it is another' }),
});

export const entityTagHeader = z.object({
  etag: z.string().openapi({ description: 'The revision in quotes, for If-Match' }),
});

export const createdNodePolicyData = z
  .object({
    id: z.string(),
    policyId: z.string().openapi({ description: 'The same as `id`' }),
    warnings: z.array(z.string()).optional(),
  })
  .openapi('CreatedNodePolicy');

export const updatedNodePolicyData = createdNodePolicyData
  .extend({ revision: z.int() })
  .openapi('UpdatedNodePolicy');

const selectorView = z.object({
  key: z.string(),
  value: z.string().optional(),
  operator: z.enum(LABEL_OPERATORS),
  values: z.array(z.string()),
});

/** What is not said is left out as the public API does (contract 1.8), but never a priority: missing it means 10. */
export const nodePolicyView = z
  .object({
    id: z.string(),
    nodeSelectors: z.array(selectorView).optional(),
    nodeNames: z.array(z.string()).optional(),
    commandRegex: z.string(),
    priority: z.int(),
    executionTime: z.int().optional(),
    ownerId: z.string(),
    createdTime: z.int(),
    updatedTime: z.int(),
    revision: z.int(),
    matchedNodes: z.int().openapi({ description: 'Nodes that the policy concerns now' }),
  })
  .openapi('NodePolicy');

export type NodePolicyView = z.output<typeof nodePolicyView>;

/** A body of the right types as the domain takes it. */
export function toDraft(body: z.output<typeof createNodePolicyRequest>): NodePolicyDraft {
  return body;
}

export function toNodePolicyView({ id, spec, ...rest }: NodePolicy, matchedNodes: number): NodePolicyView {
  const { nodeSelectors, nodeNames, commandRegex, priority, executionTime } = spec;
  return {
    id,
    ...(nodeSelectors.length === 0 ? {} : { nodeSelectors: nodeSelectors.map(toSelectorView) }),
    ...(nodeNames.length === 0 ? {} : { nodeNames: [...nodeNames] }),
    commandRegex,
    priority,
    ...(executionTime === 0 ? {} : { executionTime }),
    ...rest,
    matchedNodes,
  };
}

/** `value` stands where the condition can be said in the public form: one value, or none for "exists". */
function toSelectorView({ key, operator, values }: LabelRequirement): z.output<typeof selectorView> {
  const [first] = values;
  const isEquality = operator === 'In' && values.length === 1 && first !== undefined;
  return { key, ...(isEquality ? { value: first } : {}), operator, values: [...values] };
}

/** A missing id is a request that cannot be read; a malformed one is a value against its rule. */
export function checkedPolicyId(id: string): string {
  if (id === '') throw new DomainError('malformed', 'Policy ID is required');
  if (/^[0-9a-f]{24}$/.test(id)) return id;
  throw invalid([{ field: 'policyId', reason: `must be 24 hex digits, found ${JSON.stringify(id)}` }]);
}
