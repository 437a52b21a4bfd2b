import { type FieldError, faultIf, invalidValue } from '../../errors/field-error.js';
import type { KubernetesObject } from '../../objects/kubernetes-object.js';
import { since } from '../cells.js';
import type { Kind } from '../kind.js';
import { objectMetaFaults, SUBDOMAIN_NAME } from '../object-meta-rules.js';
import { PLAIN_KIND } from '../plain-kind.js';
import { AGE_COLUMN, column, NAME_COLUMN } from '../table-columns.js';

interface Lease extends KubernetesObject {
  readonly spec: {
    readonly holderIdentity?: string;
    readonly leaseDurationSeconds?: number;
    readonly leaseTransitions?: number;
  };
}

/** Leases: heartbeats of nodes, and locks. */
export const LEASE_KIND: Kind<Lease> = {
  ...PLAIN_KIND,
  group: 'coordination.k8s.io',
  kind: 'Lease',
  plural: 'leases',
  singular: 'lease',
  createsOnUpdate: true,
  updatesUnconditionally: false,
  columns: [NAME_COLUMN, column('Holder', 'Who holds the lease.'), AGE_COLUMN],
  row: ({ metadata, spec }, nowMs) => ({
    cells: [metadata.name ?? '', spec.holderIdentity ?? '', since(metadata.creationTimestamp, nowMs)],
  }),
  unknownFieldSelector: (field) =>
    `"${field}" is not a known field selector: only "metadata.name", "metadata.namespace"`,
  validate: (lease) => [...objectMetaFaults(lease.metadata, SUBDOMAIN_NAME), ...specFaults(lease)],
  validateUpdate: (next) => specFaults(next),
};

function specFaults({ spec }: Lease): readonly FieldError[] {
  const { leaseDurationSeconds: duration = 1, leaseTransitions: transitions = 0 } = spec;
  return [
    ...faultIf(duration <= 0, invalidValue('spec.leaseDurationSeconds', duration, 'must be greater than 0')),
    ...faultIf(
      transitions < 0,
      invalidValue('spec.leaseTransitions', transitions, 'must be greater than or equal to 0'),
    ),
  ];
}
