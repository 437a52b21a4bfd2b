import { z } from '@hono/zod-openapi';
import { setVersion } from '../../../shared/contract/decision-maker-api.js';
import type { ClusterNode } from '../../domain/cluster.js';
import type { NodeDelivery, NodeIntentDelivery } from '../../ports/delivery-view.js';

export const nodeIdParams = z.object({ nodeID: z.string() });

export const nodeView = z
  .object({
    name: z.string(),
    status: z.enum(['Ready', 'NotReady', 'Unknown']),
    delivery: z
      .object({
        state: z.enum(['Pending', 'Sent', 'Applied', 'Failed', 'NoAgent']),
        intents: z.int().openapi({ description: 'Intents that the node should hold' }),
        withheld: z.int().openapi({
          description: 'Of these, how many are withheld because the decision maker is too old for them',
        }),
        agentGeneration: z
          .enum(['first', 'current'])
          .optional()
          .openapi({ description: 'first: takes sets without a version only; update it' }),
        acknowledged: setVersion.optional(),
        acknowledgedRoot: z
          .string()
          .optional()
          .openapi({ description: 'Public merkle root, where the decision maker knows no versions' }),
        acknowledgedAt: z.string().optional(),
        failures: z.int(),
        lastError: z.string().optional(),
        nextTryAt: z.string().optional(),
        nodeIntents: z
          .object({
            state: z.enum(['Pending', 'Sent', 'Applied', 'Failed', 'NoAgent', 'Unsupported']).openapi({
              description: 'Unsupported: the decision maker does not know node intents; update it',
            }),
            intents: z.int().openapi({ description: 'Node intents that the node should hold' }),
            acknowledgedRoot: z.string().optional(),
            acknowledgedAt: z.string().optional(),
            failures: z.int(),
            lastError: z.string().optional(),
            nextTryAt: z.string().optional(),
          })
          .openapi({ description: 'How far it is with node intents, which go to it beside the set' }),
      })
      .openapi({ description: "How far the node's decision maker is" }),
  })
  .openapi('Node');

export function toNodeView(node: ClusterNode, delivery: NodeDelivery): z.output<typeof nodeView> {
  const { state, intents, withheld, generation, acknowledged, acknowledgedRoot } = delivery;
  return {
    name: node.name,
    status: node.status,
    delivery: {
      state,
      intents,
      withheld,
      ...(generation === undefined ? {} : { agentGeneration: generation }),
      ...(acknowledged === undefined ? {} : { acknowledged }),
      ...(acknowledgedRoot === undefined ? {} : { acknowledgedRoot }),
      ...progressOf(delivery),
      nodeIntents: toNodeIntentsView(delivery.nodeIntents),
    },
  };
}

function toNodeIntentsView(delivery: NodeIntentDelivery) {
  const { state, intents, acknowledgedRoot } = delivery;
  return {
    state,
    intents,
    ...(acknowledgedRoot === undefined ? {} : { acknowledgedRoot }),
    ...progressOf(delivery),
  };
}

function progressOf({
  acknowledgedAtMs,
  failures,
  lastError,
  nextTryAtMs,
}: NodeDelivery | NodeIntentDelivery) {
  return {
    failures,
    ...(acknowledgedAtMs === undefined ? {} : { acknowledgedAt: new Date(acknowledgedAtMs).toISOString() }),
    ...(lastError === undefined ? {} : { lastError }),
    ...(nextTryAtMs === undefined ? {} : { nextTryAt: new Date(nextTryAtMs).toISOString() }),
  };
}
