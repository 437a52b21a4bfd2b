import {
  type ContainerSegment,
  containerSegment,
  isNodeContainer,
  type PodSegment,
  podFolder,
  podSlice,
  type QosWord,
} from './cgroup-segments.js';

export type CgroupClass =
  /** In a container of a pod. */
  | 'pod-container'
  /** In a pod, in none of its containers. */
  | 'pod-level'
  /** In a container of which the path does not tell the pod. */
  | 'container-only'
  /** The runtime's helper beside a container. */
  | 'runtime-monitor'
  | 'not-kubernetes'
  /** One process in two pods, as cgroup v1 allows: nobody may guess. */
  | 'conflict';

/** Who a process belongs to, as its cgroup tells. null where the path does not say. */
export interface CgroupIdentity {
  /** A strategy for the pod may apply to the process. */
  readonly match: boolean;
  readonly class: CgroupClass;
  /** UUID with dashes, or the 32 hex digits of a static pod's hash. */
  readonly podUid: string | null;
  /** 64 hex digits. */
  readonly containerId: string | null;
  readonly qos: 'Guaranteed' | 'Burstable' | 'BestEffort' | null;
  readonly runtime: string | null;
  /** Below the container's own cgroup, such as a service of a systemd in it. */
  readonly nested: boolean;
  readonly staticPodHash: boolean;
  /** The cgroup is gone, so the process is a zombie: known, but nothing to act on. */
  readonly deleted: boolean;
}

const NOT_KUBERNETES: CgroupIdentity = {
  match: false,
  class: 'not-kubernetes',
  podUid: null,
  containerId: null,
  qos: null,
  runtime: null,
  nested: false,
  staticPodHash: false,
  deleted: false,
};

/**
 * Finds pod and container in the text of /proc/PID/cgroup (one line or all of them), or in a directory below the
 * root of a cgroup tree (a text that begins with a slash). Never throws: whatever cannot be read belongs to nobody.
 */
export function parseCgroupPath(input: string): CgroupIdentity {
  if (input.startsWith('/')) return identityOfPath(input);
  return agreedIdentity(pathsOf(input).map(identityOfPath));
}

/** The identity of a container of which only somebody else knows the pod. */
export function identityInKnownPod(identity: CgroupIdentity, podUid: string): CgroupIdentity {
  return { ...identity, match: true, class: 'pod-container', podUid, staticPodHash: !podUid.includes('-') };
}

/** The path of the unified (v2) hierarchy in the text of /proc/PID/cgroup; undefined where there is none. */
export function unifiedPathOf(text: string): string | undefined {
  return /^0::(\/.*)$/m.exec(text)?.[1];
}

/** A path may hold colons itself, so a line is split at its first two only (cgroups(7)). */
function pathsOf(text: string): string[] {
  return text.split('\n').flatMap((line) => /^\d+:[^:]*:(\/.*)$/.exec(line)?.[1] ?? []);
}

/** On v1 some hierarchies name the pod and others do not: those that do must agree. */
function agreedIdentity(identities: readonly CgroupIdentity[]): CgroupIdentity {
  const inPods = identities.filter((identity) => identity.podUid !== null);
  const [first] = inPods;
  if (first === undefined) {
    return identities.find((identity) => identity.containerId !== null) ?? NOT_KUBERNETES;
  }
  const containers = inPods.filter((identity) => identity.containerId !== null);
  const chosen = containers[0] ?? first;
  const agree =
    inPods.every((identity) => identity.podUid === first.podUid) &&
    containers.every(
      (identity) => identity.containerId === chosen.containerId && identity.class === chosen.class,
    );
  return agree ? chosen : { ...NOT_KUBERNETES, class: 'conflict' };
}

const DELETED = ' (deleted)';

function identityOfPath(path: string): CgroupIdentity {
  const deleted = path.endsWith(DELETED);
  const livePath = deleted ? path.slice(0, -DELETED.length) : path;
  const segments = livePath.split('/').filter((segment) => segment !== '' && segment !== '.');
  const identity = outermostPod(segments) ?? outermostContainer(segments) ?? NOT_KUBERNETES;
  return deleted ? { ...identity, deleted } : identity;
}

/**
 * Scans from the left: below a container its owner may make directories of any name, and a cluster inside a pod
 * has pods of its own, so only the outermost pod is the one this cluster knows.
 */
function outermostPod(segments: readonly string[]): CgroupIdentity | undefined {
  let ownedByUser = false;
  for (const [index, segment] of segments.entries()) {
    ownedByUser = isOwnedByUser(segment, ownedByUser);
    const pod = podSlice(segment) ?? (mayHoldPods(segments.slice(0, index)) ? podFolder(segment) : undefined);
    if (pod === undefined) continue;
    return ownedByUser ? NOT_KUBERNETES : identityInPod(pod, segments, index);
  }
  return undefined;
}

/** Anybody with a login may build a look-alike tree below user.slice; a rootless node's container is the exception. */
function isOwnedByUser(segment: string, before: boolean): boolean {
  if (segment === 'user.slice') return true;
  return before && !isNodeContainer(segment);
}

const QOS_FOLDERS: ReadonlySet<string | undefined> = new Set(['besteffort', 'burstable']);

/** Whether a `pod<uid>` folder of the cgroupfs driver may stand directly below these. */
function mayHoldPods(ancestors: readonly string[]): boolean {
  const parent = ancestors.at(-1);
  if (isRelative(ancestors)) return parent === '..' || parent === 'kubepods' || QOS_FOLDERS.has(parent);
  return ancestors.includes('kubepods') && (parent === 'kubepods' || QOS_FOLDERS.has(parent));
}

/** Seen from a cgroup namespace of its own, a neighbour's path begins with `/..` and hides what is above. */
function isRelative(segments: readonly string[]): boolean {
  return segments[0] === '..';
}

function identityInPod(pod: PodSegment, segments: readonly string[], index: number): CgroupIdentity {
  const next = segments[index + 1];
  // A mount unit below a pod's slice is systemd's, not the pod's.
  if (pod.container === undefined && next?.endsWith('.mount')) return NOT_KUBERNETES;
  const container = pod.container ?? (next === undefined ? undefined : containerSegment(next));
  const depth = index + (pod.container === undefined ? 1 : 0);
  return {
    match: container?.isMonitor !== true,
    class: container === undefined ? 'pod-level' : container.isMonitor ? 'runtime-monitor' : 'pod-container',
    podUid: pod.uid,
    containerId: container?.id ?? null,
    qos: qosOf(pod.qos ?? segments[index - 1], isRelative(segments)),
    runtime: container?.runtime ?? null,
    nested: container !== undefined && segments.length > depth + 1,
    staticPodHash: !pod.uid.includes('-'),
    deleted: false,
  };
}

function qosOf(word: QosWord | string | undefined, relative: boolean): CgroupIdentity['qos'] {
  if (word === 'besteffort') return 'BestEffort';
  if (word === 'burstable') return 'Burstable';
  return relative ? null : 'Guaranteed';
}

function outermostContainer(segments: readonly string[]): CgroupIdentity | undefined {
  let ownedByUser = false;
  for (const [index, segment] of segments.entries()) {
    ownedByUser = isOwnedByUser(segment, ownedByUser);
    if (ownedByUser) continue;
    const container = containerOutsidePods(segment, segments.slice(0, index));
    if (container === undefined) continue;
    return {
      ...NOT_KUBERNETES,
      class: container.isMonitor ? 'runtime-monitor' : 'container-only',
      containerId: container.id,
      runtime: container.runtime ?? null,
    };
  }
  return undefined;
}

/** Bare hex names are a container only below a folder that holds containers. */
function containerOutsidePods(segment: string, ancestors: readonly string[]): ContainerSegment | undefined {
  const container = containerSegment(segment);
  if (container === undefined || container.runtime !== undefined) return container;
  const parent = ancestors.at(-1);
  if (parent === 'docker' || parent === 'actions_job') return { ...container, runtime: 'docker' };
  return ancestors.includes('kubepods') || parent === '..' ? container : undefined;
}
