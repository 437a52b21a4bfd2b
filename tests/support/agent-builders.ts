import { compileDecisionRules, type DecisionRules } from '../../decisionmaker/domain/decision-rules.js';
import type { KnownIntentSet } from '../../decisionmaker/domain/intent-set.js';
import type { NodeIntent } from '../../decisionmaker/domain/node-intent.js';
import type { PodProcess, ProcessSnapshot } from '../../decisionmaker/domain/pod-process.js';
import { acceptPostedSet } from '../../decisionmaker/domain/set-acceptance.js';
import type { Intent, IntentSet } from '../../shared/domain/intent.js';
import { intentSetDigest } from '../../shared/domain/intent-digest.js';

export const NODE = 'node-1';
export const POD_UID = '0f0f0f0f-0000-4000-8000-000000000001';
export const CONTAINER_ID = 'c'.repeat(64);

let lastId = 0;

export function anIntent(overrides: Partial<Intent> = {}): Intent {
  lastId++;
  return {
    podName: 'web-1',
    podID: POD_UID,
    nodeID: NODE,
    k8sNamespace: 'web',
    commandRegex: '',
    priority: 3,
    executionTime: 5_000_000,
    podLabels: { app: 'web' },
    id: lastId.toString(16).padStart(24, '0'),
    strategyID: 'a'.repeat(24),
    strategyCreatedTime: 1_700_000_000_000,
    precedence: 0,
    commandTarget: 'comm',
    containerNames: [],
    threads: false,
    containers: [{ name: 'main', id: CONTAINER_ID }],
    ...overrides,
  };
}

/** A fenced set as a manager posts it, with the right digest unless another is given. */
export function aPostedSet(intents: readonly Intent[], overrides: Partial<IntentSet> = {}): IntentSet {
  const nodeName = overrides.nodeName ?? NODE;
  return {
    nodeName,
    epoch: 1,
    generation: 1,
    digest: intentSetDigest(nodeName, intents),
    intents,
    ...overrides,
  };
}

export function aKnownSet(intents: readonly Intent[], overrides: Partial<IntentSet> = {}): KnownIntentSet {
  const context = { nodeName: NODE, current: undefined, maxIntents: 20_000, nowMs: 1_000 };
  const set = acceptPostedSet(aPostedSet(intents, overrides), context);
  if (set === undefined) throw new Error('a set for an agent without one is always new');
  return set;
}

export function someRules(
  intents: readonly Intent[],
  nodeIntents: readonly NodeIntent[] = [],
): DecisionRules {
  return compileDecisionRules(intents, nodeIntents);
}

export function aNodeIntent(overrides: Partial<NodeIntent> = {}): NodeIntent {
  return {
    policyID: 'p'.repeat(24),
    nodeID: NODE,
    commandRegex: '^sshd$',
    priority: 5,
    executionTime: 7_000_000,
    ...overrides,
  };
}

export function aProcess(overrides: Partial<PodProcess> = {}): PodProcess {
  return {
    pid: 100,
    startTimeTicks: 5_000,
    parentPid: 1,
    comm: 'nginx',
    isKernelThread: false,
    podUid: POD_UID,
    containerId: CONTAINER_ID,
    commandLine: undefined,
    executable: undefined,
    threads: [],
    ...overrides,
  };
}

export function aSnapshot(...processes: readonly PodProcess[]): ProcessSnapshot {
  const byPod = new Map<string, PodProcess[]>();
  const inPods = processes.filter(({ podUid }) => podUid !== '');
  for (const process of inPods) byPod.set(process.podUid, [...(byPod.get(process.podUid) ?? []), process]);
  const ofNoPod = processes.filter(({ podUid }) => podUid === '');
  return { byPod, processCount: inPods.length, ofNoPod };
}
