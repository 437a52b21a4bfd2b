import { alreadyExists, badRequest, invalidObject, plainFailure } from '../errors/refusals.js';
import type { Kind } from '../kinds/kind.js';
import type { KubernetesObject, ObjectMeta } from '../objects/kubernetes-object.js';
import { formatTime } from '../objects/timestamps.js';
import { type ClusterState, collectionOf, keyOf, kindOf, resourceOf } from './cluster-state.js';
import { admitToNamespace } from './namespace-admission.js';

export interface CreateRequest {
  readonly kind: Kind;
  /** The namespace of the path; empty for kinds without. */
  readonly namespace: string;
  readonly object: KubernetesObject;
  readonly dryRun: boolean;
}

const MAX_GENERATED_NAME = 63;
const NAME_ATTEMPTS = 8;

/** Stores a new object and gives it back as it is stored (in a dry run: as it would be, without a version). */
export function createObject(cluster: ClusterState, request: CreateRequest): KubernetesObject {
  const { kind, namespace } = request;
  const object = withName(cluster, request);
  const { name = '', resourceVersion } = object.metadata;
  if (resourceVersion !== undefined && resourceVersion !== '0') {
    throw plainFailure('resourceVersion should not be set on objects to be created');
  }
  admitToNamespace(cluster, { kind, namespace, name });
  const prepared = kind.prepareForCreate(withFreshMetadata(cluster, kind.admit(object, undefined)));
  const faults = kind.validate(prepared);
  if (faults.length > 0) throw invalidObject(kindOf(kind), name, faults);
  const key = keyOf({ kind, namespace, name });
  if (collectionOf(cluster, kind).get(key) !== undefined) throw alreadyExists(resourceOf(kind), name);
  return request.dryRun ? prepared : collectionOf(cluster, kind).put(key, prepared).object;
}

function withName(cluster: ClusterState, { kind, namespace, object }: CreateRequest): KubernetesObject {
  const metadata = inNamespace(kind, namespace, object.metadata);
  const { name, generateName } = metadata;
  if (name !== undefined || generateName === undefined) return { ...object, metadata };
  return {
    ...object,
    metadata: { ...metadata, name: generatedName(cluster, kind, namespace, generateName) },
  };
}

/** The object's metadata with the namespace of the path, which it may leave out but not contradict. */
export function inNamespace(kind: Kind, namespace: string, metadata: ObjectMeta): ObjectMeta {
  const { namespace: own = namespace, ...others } = metadata;
  if (!kind.namespaced) return others;
  if (own === namespace) return { ...metadata, namespace };
  throw badRequest('the namespace of the provided object does not match the namespace sent on the request');
}

/** A free name; after a few attempts a taken one, which is then refused as such. */
function generatedName(cluster: ClusterState, kind: Kind, namespace: string, prefix: string): string {
  let name = '';
  for (let attempt = 0; attempt < NAME_ATTEMPTS; attempt += 1) {
    const suffix = cluster.nameSuffix();
    name = prefix.slice(0, MAX_GENERATED_NAME - suffix.length) + suffix;
    if (collectionOf(cluster, kind).get(keyOf({ kind, namespace, name })) === undefined) break;
  }
  return name;
}

/** Metadata that only the server decides, whatever the client sent. */
function withFreshMetadata(cluster: ClusterState, object: KubernetesObject): KubernetesObject {
  const {
    resourceVersion: _resourceVersion,
    generation: _generation,
    deletionTimestamp: _deletionTimestamp,
    deletionGracePeriodSeconds: _deletionGracePeriodSeconds,
    ...metadata
  } = object.metadata;
  return {
    ...object,
    metadata: { ...metadata, uid: cluster.newUid(), creationTimestamp: formatTime(cluster.now()) },
  };
}
