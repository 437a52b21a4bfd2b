import { notSupported, required } from '../errors/field-error.js';
import { badRequest, conflict, notFound, plainFailure } from '../errors/refusals.js';
import type { Pod } from '../kinds/pod/pod.js';
import { POD_KIND } from '../kinds/pod/pod-kind.js';
import type { KubernetesObject } from '../objects/kubernetes-object.js';
import { formatTime } from '../objects/timestamps.js';
import { type ClusterState, collectionOf, keyOf, resourceOf } from './cluster-state.js';

/** A decoded object of kind Binding. */
export interface Binding extends KubernetesObject {
  readonly target: { readonly kind?: string; readonly name?: string };
}

export interface BindRequest {
  readonly namespace: string;
  /** The pod's name. */
  readonly name: string;
  readonly binding: Binding;
  readonly dryRun: boolean;
}

const BINDINGS = { group: '', resource: 'pods/binding' };

/** Gives a pod its node, once and for all: a pod that has one, or is being deleted, is refused. */
export function bindPod(cluster: ClusterState, { namespace, name, binding, dryRun }: BindRequest): void {
  assertTarget(binding, name);
  const collection = collectionOf(cluster, POD_KIND);
  const current = collection.get(keyOf({ kind: POD_KIND, namespace, name }));
  if (current === undefined) throw notFound(resourceOf(POD_KIND), name);
  const pod = current.object as Pod;
  assertBindable(pod, name, binding);
  if (!dryRun) collection.put(current.key, bound(pod, binding, formatTime(cluster.now())));
}

function assertTarget({ metadata, target }: Binding, podName: string): void {
  if (metadata.name !== podName) throw badRequest('name in URL does not match name in Binding object');
  const { kind = '', name } = target;
  const faults = [
    ...(kind === '' || kind === 'Node' ? [] : [notSupported('target.kind', kind, ['Node', '<empty>'])]),
    ...(name === undefined ? [required('target.name')] : []),
  ];
  if (faults.length > 0) {
    throw plainFailure(faults.map(({ field, message }) => `${field}: ${message}`).join(', '));
  }
}

function assertBindable(pod: Pod, name: string, { metadata }: Binding): void {
  if (metadata.uid !== undefined && metadata.uid !== pod.metadata.uid) {
    throw conflict(
      resourceOf(POD_KIND),
      name,
      `Precondition failed: UID in precondition: ${metadata.uid}, UID in object meta: ${pod.metadata.uid}`,
    );
  }
  if (pod.metadata.deletionTimestamp !== undefined) {
    throw conflict(BINDINGS, name, `pod ${name} is being deleted, cannot be assigned to a host`);
  }
  if (pod.spec.nodeName !== undefined) {
    throw conflict(BINDINGS, name, `pod ${name} is already assigned to node "${pod.spec.nodeName}"`);
  }
  if ((pod.spec.schedulingGates ?? []).length > 0) {
    throw conflict(BINDINGS, name, `pod ${name} has non-empty .spec.schedulingGates`);
  }
}

function bound(pod: Pod, binding: Binding, time: string): Pod {
  const annotations = { ...pod.metadata.annotations, ...binding.metadata.annotations };
  const others = (pod.status.conditions ?? []).filter(({ type }) => type !== 'PodScheduled');
  const scheduled = { type: 'PodScheduled', status: 'True', lastProbeTime: null, lastTransitionTime: time };
  return {
    ...pod,
    metadata: { ...pod.metadata, ...(Object.keys(annotations).length === 0 ? {} : { annotations }) },
    spec: { ...pod.spec, nodeName: binding.target.name ?? '' },
    status: { ...pod.status, conditions: [...others, scheduled] },
  };
}
