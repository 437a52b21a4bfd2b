import { z } from '@hono/zod-openapi';
import {
  labelSelectorRequest,
  labelSelectorView,
  toLabelSelectorView,
} from '../../../shared/contract/label-selector-schema.js';
import { int64 } from '../../../shared/contract/wire-integer.js';
import { otherSpellings } from '../../../shared/http/fold-keys.js';
import { revisionField } from '../../../shared/http/if-match.js';
import { readOnlyKeys } from '../../../shared/http/read-only-keys.js';
import type { NodePolicy } from '../../domain/node-policy.js';
import type { NodePolicyDraft } from '../../domain/node-policy-rules.js';

const deviceSelectorRequest = z
  .object({
    deviceClass: z.string().default(''),
    attributes: z.array(z.object({ key: z.string().default(''), value: z.string().default('') })).default([]),
  })
  .openapi('DeviceSelector');

const fields = {
  nodeSelectors: z
    .array(labelSelectorRequest)
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

export const withoutReadOnlyKeys = readOnlyKeys(
  'id',
  'policyId',
  'ownerId',
  'createdTime',
  'updatedTime',
  'revision',
  'matchedNodes',
  'warnings',
);

export const createNodePolicyRequest = z.object(fields).openapi('CreateNodePolicy');

export const updateNodePolicyRequest = z
  .object({
    ...fields,
    policyId: z.string().default(''),
    revision: revisionField,
  })
  .openapi('UpdateNodePolicy')
  .register(otherSpellings, { policyId: ['id'] });

export const deleteNodePolicyRequest = z
  .object({ policyId: z.string().default('') })
  .openapi('DeleteNodePolicy')
  .register(otherSpellings, { policyId: ['id'] });

export const nodePolicyIdParams = z.object({ policyId: z.string() });

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

/** What is not said is left out as the public API does (contract 1.8), but never a priority: missing it means 10. */
export const nodePolicyView = z
  .object({
    id: z.string(),
    nodeSelectors: z.array(labelSelectorView).optional(),
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
    ...(nodeSelectors.length === 0 ? {} : { nodeSelectors: nodeSelectors.map(toLabelSelectorView) }),
    ...(nodeNames.length === 0 ? {} : { nodeNames: [...nodeNames] }),
    commandRegex,
    priority,
    ...(executionTime === 0 ? {} : { executionTime }),
    ...rest,
    matchedNodes,
  };
}
