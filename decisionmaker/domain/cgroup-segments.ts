/** What one directory name of a cgroup path tells, by itself. The formats stand in the fixtures of this folder. */

export interface PodSegment {
  /** Lower-case UUID with dashes, or the 32 hex digits of a static pod's hash. */
  readonly uid: string;
  readonly qos: QosWord | undefined;
  /** The container, where a runtime wrote `<pod slice>:<prefix>:<id>` into one name. */
  readonly container: ContainerSegment | undefined;
}

export type QosWord = 'besteffort' | 'burstable';

export interface ContainerSegment {
  /** 64 hex digits. */
  readonly id: string;
  /** undefined where the name does not tell. */
  readonly runtime: string | undefined;
  /** The runtime's own helper for the container (conmon), not a process of the pod. */
  readonly isMonitor: boolean;
}

const UUID =
  '[0-9a-f]{8}(?<dash>[-_])[0-9a-f]{4}\\k<dash>[0-9a-f]{4}\\k<dash>[0-9a-f]{4}\\k<dash>[0-9a-f]{12}';
const UID = `(?<uid>${UUID}|[0-9a-f]{32})`;

/** systemd driver: parent slices are glued in front, each ended by a dash, so `notkubepods` is not one. */
const POD_SLICE = new RegExp(
  `^(?:[A-Za-z0-9_]+-)*kubepods(?:-(?<qos>besteffort|burstable))?-pod${UID}\\.slice(?::(?<prefix>[a-z-]+):(?<id>[^:]*))?$`,
);

/** A pod slice of the systemd driver; its name is proof enough wherever it stands. */
export function podSlice(segment: string): PodSegment | undefined {
  const groups = POD_SLICE.exec(segment)?.groups;
  if (groups?.uid === undefined) return undefined;
  return {
    uid: groups.uid.replaceAll('_', '-'),
    qos: groups.qos as QosWord | undefined,
    container: groups.prefix === undefined ? undefined : containerSegment(`${groups.prefix}-${groups.id}`),
  };
}

const POD_FOLDER = new RegExp(`^pod${UID}$`);

/** A pod folder of the cgroupfs driver; whether it is one depends on the folders above it. */
export function podFolder(segment: string): PodSegment | undefined {
  const groups = POD_FOLDER.exec(segment)?.groups;
  if (groups?.uid === undefined || groups.dash === '_') return undefined;
  return { uid: groups.uid, qos: undefined, container: undefined };
}

const RUNTIME_OF_PREFIX: Readonly<Record<string, string>> = {
  'cri-containerd': 'containerd',
  crio: 'cri-o',
  docker: 'docker',
  libpod: 'podman',
  'libpod-payload': 'podman',
  nerdctl: 'nerdctl',
};

const MONITOR = /^(?<prefix>[a-z]+)-conmon-(?<id>[0-9a-f]{64})(?:\.scope)?$/;
const KATA_SANDBOX = /^kata_(?<id>[0-9a-f]{64})$/;
const CONTAINER = /^(?:(?<prefix>[a-z][a-z-]*)-)?(?<id>[0-9a-f]{64})(?:\.scope)?$/;

/** A container's directory: 64 hex digits, perhaps with the runtime's prefix, perhaps as a systemd scope. */
export function containerSegment(segment: string): ContainerSegment | undefined {
  const monitor = MONITOR.exec(segment)?.groups;
  if (monitor !== undefined) return container(monitor.id, runtimeOf(monitor.prefix), true);
  const kata = KATA_SANDBOX.exec(segment)?.groups;
  if (kata !== undefined) return container(kata.id, 'kata', false);
  const groups = CONTAINER.exec(segment)?.groups;
  return groups === undefined ? undefined : container(groups.id, runtimeOf(groups.prefix), false);
}

function container(
  id: string | undefined,
  runtime: string | undefined,
  isMonitor: boolean,
): ContainerSegment | undefined {
  return id === undefined ? undefined : { id, runtime, isMonitor };
}

function runtimeOf(prefix: string | undefined): string | undefined {
  return prefix !== undefined && Object.hasOwn(RUNTIME_OF_PREFIX, prefix)
    ? RUNTIME_OF_PREFIX[prefix]
    : undefined;
}

const NODE_CONTAINER = /^(?:docker|libpod|nerdctl)-[0-9a-f]{64}\.scope$/;

/** The scope of a container that may hold a whole node, as kind and minikube make them. */
export function isNodeContainer(segment: string): boolean {
  return NODE_CONTAINER.test(segment);
}
