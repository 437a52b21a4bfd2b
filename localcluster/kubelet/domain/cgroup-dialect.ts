import type { QosClass } from '../../client/objects.js';

/** Who would have made the tree: the names below the node's root depend on it. */
export const DIALECTS = ['systemd', 'cgroupfs', 'kind', 'crio'] as const;
export type Dialect = (typeof DIALECTS)[number];

export interface PodIdentity {
  readonly uid: string;
  readonly qosClass: QosClass;
}

/** Names of one naming scheme; paths are relative to the node's root, without a leading slash. */
export interface CgroupNames {
  /** The groups that a kubelet makes before there is any pod: kubepods, then its classes. */
  readonly base: readonly string[];
  pod(pod: PodIdentity): string;
  container(pod: PodIdentity, containerId: string): string;
}

/**
 * The paths that the kubelet and the runtime give to pods and containers (Kubernetes, pkg/kubelet/cm; containerd
 * and CRI-O name their scopes). `kind` is what a kubelet with `cgroupRoot: /kubelet` makes inside a kind node.
 */
export function cgroupNames(dialect: Dialect): CgroupNames {
  switch (dialect) {
    case 'systemd':
      return systemdNames([], 'cri-containerd');
    case 'crio':
      return systemdNames([], 'crio');
    case 'kind':
      return systemdNames(['kubelet'], 'cri-containerd');
    case 'cgroupfs':
      return cgroupfsNames();
  }
}

function systemdNames(root: readonly string[], runtime: string): CgroupNames {
  const pod = ({ uid, qosClass }: PodIdentity) =>
    slicePath([...root, 'kubepods', ...classSegments(qosClass), `pod${uid.replaceAll('-', '_')}`]);
  return {
    base: baseSegments().map((segments) => slicePath([...root, ...segments])),
    pod,
    container: (identity, containerId) => `${pod(identity)}/${runtime}-${containerId}.scope`,
  };
}

/** A slice lies in its parent, and its name repeats the names of all above it (systemd.slice). */
function slicePath(segments: readonly string[]): string {
  return segments.map((_, index) => `${segments.slice(0, index + 1).join('-')}.slice`).join('/');
}

function cgroupfsNames(): CgroupNames {
  const pod = ({ uid, qosClass }: PodIdentity) =>
    ['kubepods', ...classSegments(qosClass), `pod${uid}`].join('/');
  return {
    base: baseSegments().map((segments) => segments.join('/')),
    pod,
    container: (identity, containerId) => `${pod(identity)}/${containerId}`,
  };
}

function baseSegments(): string[][] {
  return [['kubepods'], ['kubepods', 'burstable'], ['kubepods', 'besteffort']];
}

/** Guaranteed pods stand directly below kubepods. */
function classSegments(qosClass: QosClass): string[] {
  return qosClass === 'Guaranteed' ? [] : [qosClass.toLowerCase()];
}
