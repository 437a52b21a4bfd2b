import { type FieldError, forbidden, invalidValue, required, tooLong } from '../errors/field-error.js';
import type { ObjectMeta, OwnerReference } from '../objects/kubernetes-object.js';
import { dnsSubdomainFaults, labelValueFaults, qualifiedNameFaults } from '../objects/name-rules.js';

export type NameRule = (name: string) => readonly string[];

const MAX_ANNOTATIONS_BYTES = 256 * 1024;
const STANDARD_FINALIZERS = ['kubernetes', 'orphan', 'foregroundDeletion'];

/** Faults of the metadata that every object has. */
export function objectMetaFaults(metadata: ObjectMeta, nameRule: NameRule): readonly FieldError[] {
  return [
    ...nameFaults(metadata, nameRule),
    ...labelFaults(metadata.labels ?? {}, 'metadata.labels'),
    ...annotationFaults(metadata.annotations ?? {}),
    ...ownerFaults(metadata.ownerReferences ?? []),
    ...finalizerFaults(metadata.finalizers ?? []),
  ];
}

function nameFaults({ name = '', generateName = '' }: ObjectMeta, nameRule: NameRule): readonly FieldError[] {
  if (name === '' && generateName === '') {
    return [required('metadata.name', 'name or generateName is required')];
  }
  const prefix = generateName.replace(/-+$/, 'a');
  return [
    ...(generateName === '' ? [] : nameRule(prefix)).map((fault) =>
      invalidValue('metadata.generateName', generateName, fault),
    ),
    ...nameRule(name).map((fault) => invalidValue('metadata.name', name, fault)),
  ];
}

/** Faults of a map of labels, wherever it stands. */
export function labelFaults(labels: Readonly<Record<string, string>>, field: string): readonly FieldError[] {
  return Object.entries(labels).flatMap(([key, value]) => [
    ...qualifiedNameFaults(key).map((fault) => invalidValue(field, key, fault)),
    ...labelValueFaults(value).map((fault) => invalidValue(field, value, fault)),
  ]);
}

function annotationFaults(annotations: Readonly<Record<string, string>>): readonly FieldError[] {
  const keys = Object.keys(annotations).flatMap((key) =>
    qualifiedNameFaults(key.toLowerCase()).map((fault) => invalidValue('metadata.annotations', key, fault)),
  );
  const bytes = Object.entries(annotations).reduce(
    (sum, [key, value]) => sum + Buffer.byteLength(key) + Buffer.byteLength(value),
    0,
  );
  return bytes > MAX_ANNOTATIONS_BYTES
    ? [...keys, tooLong('metadata.annotations', MAX_ANNOTATIONS_BYTES)]
    : keys;
}

function ownerFaults(owners: readonly OwnerReference[]): readonly FieldError[] {
  const field = 'metadata.ownerReferences';
  const [first, second] = owners.filter((owner) => owner.controller);
  const controllers =
    first === undefined || second === undefined
      ? []
      : [
          invalidValue(
            field,
            owners,
            `Only one reference can have Controller set to true. Found "true" in references for ${first.kind}/${first.name} and ${second.kind}/${second.name}`,
          ),
        ];
  const missing = owners.flatMap((owner) =>
    (['apiVersion', 'kind', 'name', 'uid'] as const)
      .filter((key) => owner[key] === '')
      .map((key) =>
        invalidValue(
          `${field}.${key}`,
          '',
          key === 'apiVersion' ? 'version must not be empty' : 'must not be empty',
        ),
      ),
  );
  return [...controllers, ...missing];
}

function finalizerFaults(finalizers: readonly string[]): readonly FieldError[] {
  const malformed = finalizers.flatMap((finalizer) =>
    qualifiedNameFaults(finalizer).map((fault) => invalidValue('metadata.finalizers', finalizer, fault)),
  );
  const unqualified = finalizers.flatMap((finalizer, index) =>
    finalizer.includes('/') || STANDARD_FINALIZERS.includes(finalizer)
      ? []
      : [
          invalidValue(
            `metadata.finalizers[${index}]`,
            finalizer,
            'name is neither a standard finalizer name nor is it fully qualified',
          ),
        ],
  );
  return [...malformed, ...unqualified];
}

/** Faults of a change of metadata: what may not change, and what may not be added any more. */
export function objectMetaUpdateFaults(next: ObjectMeta, current: ObjectMeta): readonly FieldError[] {
  return [...deletionFaults(next, current), ...addedFinalizerFaults(next, current)];
}

function deletionFaults(next: ObjectMeta, current: ObjectMeta): readonly FieldError[] {
  return (['deletionTimestamp', 'deletionGracePeriodSeconds'] as const)
    .filter((key) => next[key] !== current[key])
    .map((key) => invalidValue(`metadata.${key}`, next[key] ?? null, 'field is immutable'));
}

function addedFinalizerFaults(next: ObjectMeta, current: ObjectMeta): readonly FieldError[] {
  if (current.deletionTimestamp === undefined) return [];
  const added = (next.finalizers ?? []).filter((finalizer) => !current.finalizers?.includes(finalizer));
  if (added.length === 0) return [];
  const list = added.map((finalizer) => JSON.stringify(finalizer)).join(', ');
  return [
    forbidden(
      'metadata.finalizers',
      `no new finalizers can be added if the object is being deleted, found new finalizers []string{${list}}`,
    ),
  ];
}

/** Names of most kinds: a DNS subdomain. */
export const SUBDOMAIN_NAME: NameRule = dnsSubdomainFaults;
