import type { NodeCondition, NodeStatus, ResourceList } from '../../client/objects.js';
import { kubeTime } from '../../client/timestamps.js';

/** What a node says about itself; measured or told, nothing made up. */
export interface NodeDescription {
  readonly name: string;
  readonly ip: string;
  /** Undefined when no logs are served. */
  readonly kubeletPort: number | undefined;
  readonly cpus: number;
  readonly memoryBytes: number;
  readonly maxPods: number;
  readonly version: string;
  readonly runtime: string;
  readonly machine: MachineFacts;
}

export interface MachineFacts {
  /** As Go names it: amd64, arm64. */
  readonly architecture: string;
  readonly operatingSystem: string;
  readonly osImage: string;
  readonly kernelVersion: string;
  readonly machineId: string;
  readonly bootId: string;
}

/** What decides the conditions of a node. */
export interface NodeHealth {
  readonly ready: { readonly status: boolean; readonly reason: string; readonly message: string };
  readonly memoryAvailableBytes: number;
  /** Part of the disk with the state folder that is free, in [0, 1]. */
  readonly diskFree: number;
  /** Part of the process ids that is free, in [0, 1]. */
  readonly processIdsFree: number;
}

/** Thresholds of the Kubernetes kubelet's default evictions; nothing is evicted here. */
const LOW_MEMORY_BYTES = 100 * 1024 * 1024;
const LOW_DISK = 0.1;
const LOW_PROCESS_IDS = 0.1;

export function nodeLabels({ name, machine }: NodeDescription): Record<string, string> {
  return {
    'kubernetes.io/hostname': name,
    'kubernetes.io/os': machine.operatingSystem,
    'kubernetes.io/arch': machine.architecture,
  };
}

/** Everything in a node's status but the conditions. */
export function nodeStatus(node: NodeDescription): Omit<NodeStatus, 'conditions'> {
  const { machine } = node;
  const resources: ResourceList = {
    cpu: String(node.cpus),
    memory: `${Math.floor(node.memoryBytes / 1024)}Ki`,
    pods: String(node.maxPods),
  };
  return {
    capacity: resources,
    allocatable: resources,
    addresses: [
      { type: 'InternalIP', address: node.ip },
      { type: 'Hostname', address: node.name },
    ],
    ...(node.kubeletPort === undefined
      ? {}
      : { daemonEndpoints: { kubeletEndpoint: { Port: node.kubeletPort } } }),
    nodeInfo: {
      machineID: machine.machineId,
      systemUUID: machine.machineId,
      bootID: machine.bootId,
      kernelVersion: machine.kernelVersion,
      osImage: machine.osImage,
      operatingSystem: machine.operatingSystem,
      architecture: machine.architecture,
      containerRuntimeVersion: node.runtime,
      kubeletVersion: node.version,
      kubeProxyVersion: '',
    },
  };
}

/** The conditions now, each keeping the time of its last change of status. */
export function nodeConditions(
  health: NodeHealth,
  known: readonly NodeCondition[],
  nowMs: number,
): NodeCondition[] {
  const { ready, memoryAvailableBytes, diskFree, processIdsFree } = health;
  const findings = [
    pressure('MemoryPressure', memoryAvailableBytes < LOW_MEMORY_BYTES, 'Memory'),
    pressure('DiskPressure', diskFree < LOW_DISK, 'Disk'),
    pressure('PIDPressure', processIdsFree < LOW_PROCESS_IDS, 'PID'),
    { type: 'Ready', status: ready.status, reason: ready.reason, message: ready.message },
  ];
  return findings.map(({ type, status: isTrue, reason, message }) => {
    const status = isTrue ? 'True' : 'False';
    const before = known.find((condition) => condition.type === type);
    const since = before?.status === status ? before.lastTransitionTime : undefined;
    return {
      type,
      status,
      reason,
      message,
      lastHeartbeatTime: kubeTime(nowMs),
      lastTransitionTime: since ?? kubeTime(nowMs),
    };
  });
}

function pressure(type: string, status: boolean, what: 'Memory' | 'Disk' | 'PID') {
  const reason = status
    ? `KubeletHasInsufficient${what}`
    : {
        Memory: 'KubeletHasSufficientMemory',
        Disk: 'KubeletHasNoDiskPressure',
        PID: 'KubeletHasSufficientPID',
      }[what];
  return { type, status, reason, message: status ? 'little is left' : 'enough is left' };
}
