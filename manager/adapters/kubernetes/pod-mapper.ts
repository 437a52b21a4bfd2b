import type { ContainerIdentity } from '../../../shared/domain/intent.js';
import type { KubeObject } from '../../../shared/kubernetes/kube-object.js';
import type { Pod, PodPhase } from '../../domain/cluster.js';
import { internLabels } from './string-interner.js';

/** The fields of a pod object that we read; the server sends many more. */
export interface RawPod extends KubeObject {
  readonly spec?: {
    readonly nodeName?: string;
    readonly containers?: readonly RawContainer[];
  };
  readonly status?: {
    readonly phase?: string;
    readonly podIP?: string;
    readonly conditions?: readonly { readonly type: string; readonly status: string }[];
    readonly initContainerStatuses?: readonly RawContainerStatus[];
    readonly containerStatuses?: readonly RawContainerStatus[];
    readonly ephemeralContainerStatuses?: readonly RawContainerStatus[];
  };
}

interface RawContainer {
  readonly name: string;
  readonly ports?: readonly { readonly name?: string; readonly containerPort: number }[];
}

interface RawContainerStatus {
  readonly name: string;
  readonly containerID?: string;
  readonly state?: { readonly running?: object };
}

const PHASES: ReadonlySet<string> = new Set(['Pending', 'Running', 'Succeeded', 'Failed', 'Unknown']);

/** Keeps of a pod what planning looks at. `intern` returns one copy of equal strings, which repeat by the thousand. */
export function toPod(raw: RawPod, intern: (text: string) => string): Pod {
  const { metadata, spec, status } = raw;
  const statuses = allStatuses(raw);
  return {
    uid: metadata.uid,
    name: metadata.name,
    namespace: intern(metadata.namespace ?? ''),
    nodeName: spec?.nodeName ? intern(spec.nodeName) : undefined,
    labels: internLabels(metadata.labels, intern),
    phase: phaseOf(status?.phase),
    hasRunningContainer: statuses.some(({ state }) => state?.running !== undefined),
    cgroupUid: cgroupUidOf(raw),
    containers: statuses.flatMap((container) => identityOf(container, intern)),
  };
}

/**
 * A static pod's cgroups carry the hash of its manifest, and its mirror in the API says which. The annotation is
 * trusted only on pods that a Node owns, which the API server lets nobody but a kubelet make: on any other pod it
 * would let a tenant take another pod's priorities (field notes 2.4, item 8).
 */
function cgroupUidOf({ metadata }: RawPod): string {
  const { annotations, ownerReferences, uid } = metadata;
  const isMirror =
    annotations?.['kubernetes.io/config.mirror'] !== undefined &&
    ownerReferences?.some((owner) => owner.kind === 'Node') === true;
  return (isMirror ? annotations?.['kubernetes.io/config.hash'] : undefined) ?? uid;
}

function allStatuses({ status }: RawPod): readonly RawContainerStatus[] {
  return [
    ...(status?.initContainerStatuses ?? []),
    ...(status?.containerStatuses ?? []),
    ...(status?.ephemeralContainerStatuses ?? []),
  ];
}

/** `containerd://<id>` → the bare id; a container that was never made has none. */
function identityOf(
  { name, containerID }: RawContainerStatus,
  intern: (text: string) => string,
): ContainerIdentity[] {
  const id = containerID?.split('://')[1];
  return id === undefined || id === '' ? [] : [{ name: intern(name), id }];
}

function phaseOf(phase: string | undefined): PodPhase {
  return phase !== undefined && PHASES.has(phase) ? (phase as PodPhase) : 'Unknown';
}
