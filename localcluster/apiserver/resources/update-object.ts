import { isDeepStrictEqual } from 'node:util';
import { invalidValue } from '../errors/field-error.js';
import {
  badRequest,
  conflict,
  invalidObject,
  notFound,
  OBJECT_MODIFIED,
  plainFailure,
} from '../errors/refusals.js';
import type { Kind } from '../kinds/kind.js';
import { objectMetaUpdateFaults } from '../kinds/object-meta-rules.js';
import type { KubernetesObject, ObjectMeta } from '../objects/kubernetes-object.js';
import type { StoredObject } from '../store/stored-object.js';
import {
  type ClusterState,
  collectionOf,
  keyOf,
  kindOf,
  type ObjectAddress,
  resourceOf,
} from './cluster-state.js';
import { createObject, inNamespace } from './create-object.js';
import { isReadyToGo } from './deletion-state.js';

export interface UpdateRequest extends ObjectAddress {
  /** `status` changes nothing but the status, '' everything but it. */
  readonly subresource: '' | 'status';
  /** Makes the new object from the current one. */
  readonly change: (current: KubernetesObject) => KubernetesObject;
  readonly dryRun: boolean;
}

export interface Updated {
  readonly object: KubernetesObject;
  readonly created: boolean;
}

/** Replaces an object, or creates it where the kind allows that. A change of nothing stores nothing. */
export function replaceObject(
  cluster: ClusterState,
  request: Omit<UpdateRequest, 'change'> & { readonly object: KubernetesObject },
): Updated {
  const { kind, namespace, name, object, dryRun } = request;
  assertNamed(object.metadata, name);
  const missing = collectionOf(cluster, kind).get(keyOf(request)) === undefined;
  if (missing && kind.createsOnUpdate && request.subresource === '') {
    const { resourceVersion: _resourceVersion, ...metadata } = object.metadata;
    return {
      object: createObject(cluster, { kind, namespace, object: { ...object, metadata }, dryRun }),
      created: true,
    };
  }
  return { object: updateObject(cluster, { ...request, change: () => object }), created: false };
}

/** Changes an object that exists, and gives it back as it is then stored. */
export function updateObject(cluster: ClusterState, request: UpdateRequest): KubernetesObject {
  const { kind, name } = request;
  const current = collectionOf(cluster, kind).get(keyOf(request));
  if (current === undefined) throw notFound(resourceOf(kind), name);
  const next = withServerMetadata(request, request.change(current.object), current);
  const prepared = prepare(request, next, current.object);
  if (isDeepStrictEqual(prepared, current.object)) return current.object;
  return commit(cluster, request, prepared);
}

function assertNamed({ name }: ObjectMeta, expected: string): void {
  if (name === undefined) {
    throw badRequest(
      `the name of the object (${expected} based on URL) was undeterminable: name must be provided`,
    );
  }
  if (name !== expected) {
    throw badRequest(`the name of the object (${name}) does not match the name on the URL (${expected})`);
  }
}

/** Checks that the client means this object in this version, and keeps what no client may change. */
function withServerMetadata(
  { kind, namespace, name }: UpdateRequest,
  next: KubernetesObject,
  current: StoredObject,
): KubernetesObject {
  const metadata = inNamespace(kind, namespace, next.metadata);
  assertNamed(metadata, name);
  assertVersion(kind, name, metadata.resourceVersion, current);
  const kept = current.object.metadata;
  if (metadata.uid !== undefined && metadata.uid !== kept.uid) {
    throw conflict(
      resourceOf(kind),
      name,
      `Precondition failed: UID in precondition: ${metadata.uid}, UID in object meta: ${kept.uid}`,
    );
  }
  const { generation: _generation, ...changed } = metadata;
  return {
    ...next,
    metadata: {
      ...only(kept, ['deletionTimestamp', 'deletionGracePeriodSeconds']),
      ...changed,
      ...only(kept, ['uid', 'creationTimestamp', 'generation', 'resourceVersion']),
    },
  };
}

function only(metadata: ObjectMeta, keys: readonly (keyof ObjectMeta)[]): ObjectMeta {
  return Object.fromEntries(
    keys.filter((key) => metadata[key] !== undefined).map((key) => [key, metadata[key]]),
  );
}

function assertVersion(kind: Kind, name: string, version: string | undefined, current: StoredObject): void {
  if (version === undefined || version === '0') {
    if (kind.updatesUnconditionally) return;
    throw invalidObject(resourceOf(kind), name, [
      invalidValue('metadata.resourceVersion', 0, 'must be specified for an update'),
    ]);
  }
  if (!/^\d+$/.test(version)) {
    throw plainFailure(`strconv.ParseUint: parsing ${JSON.stringify(version)}: invalid syntax`);
  }
  if (Number(version) !== current.revision) throw conflict(resourceOf(kind), name, OBJECT_MODIFIED);
}

function prepare(
  { kind, name, subresource }: UpdateRequest,
  next: KubernetesObject,
  current: KubernetesObject,
): KubernetesObject {
  const prepared =
    subresource === 'status'
      ? kind.prepareForStatusUpdate(next, current)
      : kind.prepareForUpdate(kind.admit(next, current), current);
  const kindFaults =
    subresource === 'status'
      ? kind.validateStatusUpdate(prepared, current)
      : kind.validateUpdate(prepared, current);
  const faults = [...objectMetaUpdateFaults(prepared.metadata, current.metadata), ...kindFaults];
  if (faults.length > 0) throw invalidObject(kindOf(kind), name, faults);
  return prepared;
}

/** An update that takes the last finalizer from an object that waits for just that removes the object. */
function commit(cluster: ClusterState, request: UpdateRequest, prepared: KubernetesObject): KubernetesObject {
  if (request.dryRun) return prepared;
  const collection = collectionOf(cluster, request.kind);
  const stored = collection.put(keyOf(request), prepared);
  if (isReadyToGo(request.kind, prepared)) collection.remove(stored.key);
  return stored.object;
}
