import type { StructType } from './field-type.js';
import { linkTypes, parseTypes } from './parse-types.js';
import { CONTAINER_TYPES } from './types/container-types.js';
import { LEASE_TYPES } from './types/lease-types.js';
import { META_TYPES } from './types/meta-types.js';
import { NAMESPACE_AND_EVENT_TYPES } from './types/namespace-and-event-types.js';
import { NODE_TYPES } from './types/node-types.js';
import { POD_STATUS_TYPES } from './types/pod-status-types.js';
import { POD_TYPES } from './types/pod-types.js';
import { POLICY_TYPES } from './types/policy-types.js';
import { VOLUME_TYPES } from './types/volume-types.js';

const CORE_TYPES = [
  POD_TYPES,
  CONTAINER_TYPES,
  VOLUME_TYPES,
  POD_STATUS_TYPES,
  NODE_TYPES,
  NAMESPACE_AND_EVENT_TYPES,
];

/**
 * Every type of the served kinds, as Kubernetes 1.34 has them. Decoding, strictness, strategic merge, protobuf
 * and the published description are all read from here, so they cannot disagree.
 */
export const STRUCT_TYPES: ReadonlyMap<string, StructType> = linkTypes([
  ...parseTypes(META_TYPES, 'io.k8s.apimachinery.pkg.apis.meta.v1.'),
  ...CORE_TYPES.flatMap((table) => parseTypes(table, 'io.k8s.api.core.v1.')),
  ...parseTypes(LEASE_TYPES, 'io.k8s.api.coordination.v1.'),
  ...parseTypes(POLICY_TYPES, 'io.k8s.api.policy.v1.'),
]);

/** The type of that name; every name that the tables use is in them. */
export function structType(name: string): StructType {
  const type = STRUCT_TYPES.get(name);
  if (type === undefined) throw new Error(`the type tables have no ${name}`);
  return type;
}
