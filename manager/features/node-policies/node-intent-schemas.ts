import { z } from '@hono/zod-openapi';
import { statusFields } from '../../domain/intent-status.js';
import type { PlannedNodeIntent } from '../../ports/delivery-view.js';

/** Zero values are left out as the public API does (contract 1.8), but never a priority. */
export const nodeIntentView = z
  .object({
    id: z.string(),
    policyId: z.string(),
    nodeId: z.string(),
    commandRegex: z.string(),
    priority: z.int(),
    executionTime: z.int().optional(),
    state: z.int().openapi({ description: '0 unknown, 1 not sent yet, 2 sent' }),
    status: z.enum(['Pending', 'Sent', 'Applied', 'Failed']),
    reason: z.string().optional().openapi({ description: 'Why the delivery failed' }),
    nextTryAt: z.string().optional(),
  })
  .openapi('NodeSchedulingIntent');

export const deleteNodeIntentsRequest = z
  .object({ intentIds: z.array(z.string()).default([]) })
  .openapi('DeleteNodeSchedulingIntents');

export function toNodeIntentView({ intent, status }: PlannedNodeIntent): z.output<typeof nodeIntentView> {
  const { id, policyID, nodeID, commandRegex, priority, executionTime } = intent;
  return {
    id,
    policyId: policyID,
    nodeId: nodeID,
    commandRegex,
    priority,
    ...(executionTime === 0 ? {} : { executionTime }),
    ...statusFields(status),
  };
}
