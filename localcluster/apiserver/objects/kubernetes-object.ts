import type { JsonObject } from './json.js';

/** The metadata that the API server itself reads. A decoded object's metadata is of this form. */
export interface ObjectMeta {
  readonly name?: string;
  readonly generateName?: string;
  readonly namespace?: string;
  readonly uid?: string;
  readonly resourceVersion?: string;
  readonly generation?: number;
  /** RFC 3339, whole seconds. */
  readonly creationTimestamp?: string;
  readonly deletionTimestamp?: string;
  readonly deletionGracePeriodSeconds?: number;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly ownerReferences?: readonly OwnerReference[];
  readonly finalizers?: readonly string[];
}

export interface OwnerReference {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly uid: string;
  readonly controller?: boolean;
}

/**
 * An object of any kind, without `kind` and `apiVersion`: those belong to the kind and are written where an
 * answer needs them.
 */
export interface KubernetesObject {
  readonly metadata: ObjectMeta;
  readonly spec?: object;
  readonly status?: object;
}

/** A stored object seen as JSON, for patches and comparisons. */
export function asJson(object: KubernetesObject): JsonObject {
  return object as unknown as JsonObject;
}
