import { z } from '@hono/zod-openapi';
import { wireTimestamp } from '../../../shared/domain/wire-timestamp.js';
import type { Exclusion } from '../../domain/exclusion.js';
import { statusFields } from '../../domain/intent-status.js';
import type { PlannedIntent } from '../../ports/delivery-view.js';

/** Both spellings, with equal values (contract 1.7). */
export const intentView = z
  .object({
    ID: z.string(),
    StrategyID: z.string(),
    PodID: z.string(),
    PodName: z.string(),
    NodeID: z.string(),
    K8sNamespace: z.string(),
    CommandRegex: z.string(),
    Priority: z.int(),
    ExecutionTime: z.int(),
    PodLabels: z.record(z.string(), z.string()),
    State: z.int(),
    id: z.string(),
    strategyID: z.string(),
    strategyId: z.string(),
    podID: z.string(),
    podName: z.string(),
    nodeID: z.string(),
    k8sNamespace: z.string(),
    commandRegex: z.string(),
    commandTarget: z.string(),
    containerNames: z.array(z.string()),
    priority: z.int(),
    executionTime: z.int(),
    precedence: z.int(),
    threads: z.boolean(),
    podLabels: z.record(z.string(), z.string()),
    state: z.int().openapi({ description: '0 unknown, 1 not sent yet, 2 sent' }),
    status: z.enum(['Pending', 'Sent', 'Applied', 'Failed']),
    reason: z.string().optional().openapi({ description: 'Why the delivery failed' }),
    nextTryAt: z.string().optional(),
  })
  .openapi('ScheduleIntent');

export function toIntentView({ intent, status }: PlannedIntent): z.output<typeof intentView> {
  const { id, strategyID, podID, podName, nodeID, k8sNamespace, commandRegex, priority } = intent;
  const podLabels = { ...intent.podLabels };
  const fields = statusFields(status);
  return {
    ID: id,
    StrategyID: strategyID,
    PodID: podID,
    PodName: podName,
    NodeID: nodeID,
    K8sNamespace: k8sNamespace,
    CommandRegex: commandRegex,
    Priority: priority,
    ExecutionTime: intent.executionTime,
    PodLabels: podLabels,
    State: fields.state,
    id,
    strategyID,
    strategyId: strategyID,
    podID,
    podName,
    nodeID,
    k8sNamespace,
    commandRegex,
    commandTarget: intent.commandTarget,
    containerNames: [...intent.containerNames],
    priority,
    executionTime: intent.executionTime,
    precedence: intent.precedence,
    threads: intent.threads,
    podLabels,
    ...fields,
  };
}

export const deleteIntentsRequest = z
  .object({ intentIds: z.array(z.string()).default([]) })
  .openapi('DeleteIntents');

export const liftExclusionsRequest = z
  .object({ exclusionIds: z.array(z.string()).default([]) })
  .openapi('LiftExclusions');

export const exclusionView = z
  .object({
    id: z.string().openapi({ description: 'That of the intent' }),
    kind: z.enum(['pod', 'node']),
    strategyId: z.string().optional(),
    policyId: z.string().optional(),
    podId: z.string().optional().openapi({ description: "The pod's uid" }),
    nodeId: z.string().optional(),
    name: z.string().openapi({ description: 'namespace/name of the pod, or the name of the node' }),
    ownerId: z.string(),
    createdTime: z.int(),
    createdAt: z.string(),
  })
  .openapi('Exclusion');

export function toExclusionView(exclusion: Exclusion): z.output<typeof exclusionView> {
  const { id, kind, sourceId, targetId, targetName, ownerId, createdTime } = exclusion;
  const about =
    kind === 'pod' ? { strategyId: sourceId, podId: targetId } : { policyId: sourceId, nodeId: targetId };
  return {
    id,
    kind,
    ...about,
    name: targetName,
    ownerId,
    createdTime,
    createdAt: wireTimestamp(createdTime),
  };
}
