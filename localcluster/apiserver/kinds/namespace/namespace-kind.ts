import { type FieldError, faultIf, invalidValue } from '../../errors/field-error.js';
import { dnsLabelFaults } from '../../objects/name-rules.js';
import { since } from '../cells.js';
import { ALL_VERBS, type Kind } from '../kind.js';
import { objectMetaFaults } from '../object-meta-rules.js';
import { PLAIN_KIND } from '../plain-kind.js';
import { AGE_COLUMN, column, NAME_COLUMN } from '../table-columns.js';
import type { Namespace } from './namespace.js';

/** Present from the start, as in every Kubernetes cluster. */
export const DEFAULT_NAMESPACES = ['default', 'kube-system', 'kube-public', 'kube-node-lease'] as const;

/** The real API server lets nobody delete these. */
const IMMORTAL = ['default', 'kube-system', 'kube-public'];

/** In `spec.finalizers`: the namespace's contents are not yet gone. */
const CONTENTS_FINALIZER = 'kubernetes';
const NAME_LABEL = 'kubernetes.io/metadata.name';

/** Namespaces. Deleting one only marks it: it goes when its contents are gone (see namespace-finalizer.ts). */
export const NAMESPACE_KIND: Kind<Namespace> = {
  ...PLAIN_KIND,
  kind: 'Namespace',
  plural: 'namespaces',
  singular: 'namespace',
  shortNames: ['ns'],
  namespaced: false,
  verbs: ALL_VERBS.filter((verb) => verb !== 'deletecollection'),
  subresources: [{ name: 'status', kind: 'Namespace', verbs: ['get', 'patch', 'update'] }],
  columns: [NAME_COLUMN, column('Status', 'Whether the namespace is in use or being deleted.'), AGE_COLUMN],
  row: ({ metadata, status }, nowMs) => ({
    cells: [metadata.name ?? '', status.phase ?? '', since(metadata.creationTimestamp, nowMs)],
  }),
  selectableFields: { 'status.phase': ({ status }) => status.phase ?? '' },
  prepareForCreate: (namespace) => ({
    ...labelled(namespace),
    spec: {
      finalizers: [...new Set([...(namespace.spec.finalizers ?? []), CONTENTS_FINALIZER])],
    },
    status: { phase: 'Active' },
  }),
  prepareForUpdate: (next, current) => ({ ...labelled(next), spec: current.spec, status: current.status }),
  prepareForStatusUpdate: (next, current) => ({ ...next, spec: current.spec }),
  validate: (namespace) => objectMetaFaults(namespace.metadata, dnsLabelFaults),
  validateUpdate: (next) => objectMetaFaults(next.metadata, dnsLabelFaults),
  validateStatusUpdate: (next) => phaseFaults(next),
  markDeleted: (namespace) => ({ ...namespace, status: { phase: 'Terminating' } }),
  hasContents: ({ spec }) => (spec.finalizers ?? []).length > 0,
  deletionRefusal: ({ metadata }) =>
    IMMORTAL.includes(metadata.name ?? '') ? 'this namespace may not be deleted' : undefined,
};

/** The name is also a label, so that selectors can tell namespaces apart. */
function labelled(namespace: Namespace): Namespace {
  const { metadata } = namespace;
  if (metadata.name === undefined) return namespace;
  const labels = { ...metadata.labels, [NAME_LABEL]: metadata.name };
  return { ...namespace, metadata: { ...metadata, labels } };
}

function phaseFaults({ metadata, status }: Namespace): readonly FieldError[] {
  const { phase = '' } = status;
  const [expected, state] =
    metadata.deletionTimestamp === undefined ? ['Active', 'is empty'] : ['Terminating', 'is not empty'];
  const detail = `may only be '${expected}' if \`deletionTimestamp\` ${state}`;
  return faultIf(phase !== expected, invalidValue('status.Phase', phase, detail));
}
