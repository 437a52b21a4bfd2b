import { z } from '@hono/zod-openapi';
import { COMMAND_TARGETS } from '../domain/intent.js';
import { int64, uint64 } from './wire-integer.js';

/**
 * What the manager and a decision maker say to each other (contract part 2 and DESIGN 9). Types only: every
 * field may be missing, as the public decoder has it; what a fenced set must carry is a rule of the agent.
 */
export const PATHS = {
  token: '/api/v1/auth/token',
  intents: '/api/v1/intents',
  intentsMerkle: '/api/v1/intents/merkle',
  schedulingStrategies: '/api/v1/scheduling/strategies',
  metrics: '/api/v1/metrics',
  podProcesses: '/api/v1/pods/pids',
  capabilities: '/api/v1/capabilities',
  nodeIntents: '/api/v1/node-intents',
  nodeIntentsMerkle: '/api/v1/node-intents/merkle',
  runtimeConfig: '/api/v1/runtime-config',
} as const;

/** Largest POST /api/v1/intents and /api/v1/node-intents (DESIGN 9, "Body limits"). */
export const INTENTS_BODY_LIMIT_BYTES = 16 * 1024 * 1024;
export const MAX_INTENTS = 20_000;

/** The issuer and audience of the tokens that a manager signs for one node's agent. */
export const MANAGER_TOKEN_ISSUER = 'podium-manager';
export function agentAudience(nodeName: string): string {
  return `agent:${nodeName}`;
}

export const intentItem = z
  .object({
    podName: z.string().default(''),
    podID: z.string().default(''),
    nodeID: z.string().default(''),
    k8sNamespace: z.string().default(''),
    commandRegex: z.string().default(''),
    priority: int64().optional(),
    executionTime: int64().optional(),
    podLabels: z.record(z.string(), z.string()).default({}),
    id: z.string().optional(),
    strategyID: z.string().optional(),
    strategyCreatedTime: int64().optional(),
    precedence: int64().optional(),
    commandTarget: z.enum(COMMAND_TARGETS).optional(),
    containerNames: z.array(z.string()).optional(),
    threads: z.boolean().optional(),
    containers: z.array(z.object({ name: z.string().default(''), id: z.string().default('') })).optional(),
  })
  .openapi('Intent');

export const intentsRequest = z
  .object({
    intents: z.array(intentItem).default([]),
    nodeName: z.string().optional(),
    epoch: int64().optional(),
    generation: int64().optional(),
    digest: z.string().optional(),
  })
  .openapi('IntentSet');

/** One node policy for this node (contract 2.1, 2.10). */
export const nodeIntentItem = z
  .object({
    policyID: z.string().default(''),
    nodeID: z.string().default(''),
    commandRegex: z.string().default(''),
    priority: int64().optional(),
    executionTime: int64().optional(),
  })
  .openapi('NodeIntent');

export const nodeIntentsRequest = z
  .object({ policies: z.array(nodeIntentItem).default([]) })
  .openapi('NodeIntents');

/** Empty before the first node intents were posted or deleted. */
export const nodeIntentsMerkleData = z.object({ rootHash: z.string() }).openapi('NodeIntentsMerkleRoot');

/** What a scheduler's daemon is to run with (contract 2.8). Missing booleans are false. */
export const runtimeConfigRequest = z
  .object({
    configVersion: z.string().default(''),
    mode: z.string().default(''),
    schedulerName: z.string().default(''),
    sliceNsDefault: uint64().default(0),
    sliceNsMin: uint64().default(0),
    kernelMode: z.boolean().default(false),
    maxTimeWatchdog: z.boolean().default(false),
    earlyProcessing: z.boolean().default(false),
    builtinIdle: z.boolean().default(false),
    schedulerEnabled: z.boolean().default(false),
    monitoringEnabled: z.boolean().default(false),
  })
  .openapi('RuntimeConfig');

/** What a scheduler's daemon runs with, as far as it is known (contract 2.8). */
export const runtimeConfigData = z
  .object({
    configVersion: z.string().optional(),
    applied: z.boolean(),
    appliedAt: z.string().optional(),
    restartCount: z.int().optional(),
    lastError: z.string().optional(),
    configAvailable: z.boolean(),
    mode: z.string().optional(),
    schedulerName: z.string().optional(),
    sliceNsDefault: z.int().optional(),
    sliceNsMin: z.int().optional(),
    kernelMode: z.boolean().optional(),
    maxTimeWatchdog: z.boolean().optional(),
    earlyProcessing: z.boolean().optional(),
    builtinIdle: z.boolean().optional(),
    schedulerEnabled: z.boolean().optional(),
    monitoringEnabled: z.boolean().optional(),
  })
  .openapi('RuntimeConfigStatus');

/** Which set an agent holds; in the answer to a fenced POST, in a 409, in the merkle answer, in capabilities. */
export const setVersion = z
  .object({
    epoch: z.int(),
    generation: z.int(),
    digest: z.string().openapi({ description: 'SHA-256, lower-case hex' }),
  })
  .openapi('SetVersion');

/** `set` is null while the agent knows no set: not the same as knowing an empty one. */
export const merkleData = z
  .object({ rootHash: z.string(), set: setVersion.nullable() })
  .openapi('MerkleRoot');

/** What an agent of the first generation answers there. */
export const legacyMerkleData = z.object({ rootHash: z.string() });

/** The answer to a public key (contract 2.2). Whether the expiry can be believed is for the reader to say. */
export const tokenData = z.object({ token: z.string().min(1), expired_at: z.number().optional() });

export const capabilitiesData = z
  .object({
    product: z.literal('podium'),
    version: z.string(),
    nodeName: z.string(),
    features: z
      .array(z.string())
      .openapi({ description: 'Names of what a manager may rely on, such as `fenced-sets`.' }),
    set: setVersion.nullable(),
    processDiscovery: z.object({
      cgroupVersion: z.enum(['v2', 'v1', 'unknown']),
      source: z.enum(['cgroup tree', 'proc scan']),
      hostPidNamespace: z.boolean(),
      hostCgroupNamespace: z.boolean(),
    }),
    schedExt: z.object({
      supported: z.boolean(),
      reason: z.string().optional().openapi({ description: 'Why sched_ext cannot be used here.' }),
      state: z.string().optional(),
      ops: z.string().optional().openapi({ description: 'Name of the loaded scheduler.' }),
      switchAll: z
        .boolean()
        .optional()
        .openapi({ description: 'Whether it takes every ordinary task, or only those that ask for it.' }),
    }),
    kernelRelease: z.string(),
    selfCheck: z
      .object({
        level: z
          .enum(['ok', 'limited', 'unsupported'])
          .openapi({ description: 'The worst of the findings.' }),
        findings: z.array(
          z.object({
            check: z.string(),
            level: z.enum(['ok', 'limited', 'unsupported']),
            detail: z.string().openapi({ description: 'What was found, what it means and what to do.' }),
          }),
        ),
      })
      .optional()
      .openapi({ description: 'What this node lets the agent do. Missing from agents before it was told.' }),
    rights: z
      .object({
        uid: z.int(),
        capabilities: z.array(z.string()).openapi({ description: 'Effective ones, such as CAP_SYS_PTRACE.' }),
      })
      .optional(),
    managerSilence: z
      .object({
        maxAgeSec: z.int().openapi({
          description: 'Silence of managers after which every boost is dropped, in seconds; 0 = never.',
        }),
        boostsDropped: z.boolean().openapi({
          description: 'Whether they were when this was asked; a manager that asks ends the silence.',
        }),
      })
      .optional(),
  })
  .openapi('Capabilities');

export const podProcessesData = z
  .object({
    pods: z.array(
      z.object({
        pod_uid: z.string(),
        pod_id: z.string().optional(),
        pod_name: z.string().optional(),
        pod_namespace: z.string().optional(),
        processes: z.array(
          z.object({
            pid: z.int(),
            command: z.string(),
            ppid: z.int().optional(),
            container_id: z.string().optional(),
          }),
        ),
      }),
    ),
    timestamp: z.string(),
    node_name: z.string(),
    node_id: z.string().optional(),
  })
  .openapi('PodProcesses');

export type Capabilities = z.output<typeof capabilitiesData>;
export type PodProcesses = z.output<typeof podProcessesData>;
