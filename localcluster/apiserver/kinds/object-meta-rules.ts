import {
  type FieldError,
  faultIf,
  forbidden,
  invalidFor,
  invalidValue,
  required,
  tooLong,
} from '../errors/field-error.js';
import type { ObjectMeta, OwnerReference } from '../objects/kubernetes-object.js';
import { dnsSubdomainFaults, labelValueFaults, qualifiedNameFaults } from '../objects/name-rules.js';

export type NameRule = (name: string) => readonly string[];

/** Names of most kinds: a DNS subdomain. */
export const SUBDOMAIN_NAME: NameRule = dnsSubdomainFaults;

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

/** A prefix of names may end with hyphens: the name that is made from it does not. */
function nameFaults({ name = '', generateName = '' }: ObjectMeta, nameRule: NameRule): readonly FieldError[] {
  if (name === '' && generateName === '') {
    return [required('metadata.name', 'name or generateName is required')];
  }
  const prefix = generateName.replace(/-+$/, 'a');
  return [
    ...(generateName === '' ? [] : invalidFor('metadata.generateName', generateName, nameRule(prefix))),
    ...invalidFor('metadata.name', name, nameRule(name)),
  ];
}

/** Faults of a map of labels, wherever it stands. */
export function labelFaults(labels: Readonly<Record<string, string>>, field: string): readonly FieldError[] {
  return Object.entries(labels).flatMap(([key, value]) => [
    ...invalidFor(field, key, qualifiedNameFaults(key)),
    ...invalidFor(field, value, labelValueFaults(value)),
  ]);
}

function annotationFaults(annotations: Readonly<Record<string, string>>): readonly FieldError[] {
  const field = 'metadata.annotations';
  const entries = Object.entries(annotations);
  const bytes = entries.reduce((sum, entry) => sum + Buffer.byteLength(entry.join('')), 0);
  return [
    ...entries.flatMap(([key]) => invalidFor(field, key, qualifiedNameFaults(key.toLowerCase()))),
    ...faultIf(bytes > MAX_ANNOTATIONS_BYTES, tooLong(field, MAX_ANNOTATIONS_BYTES)),
  ];
}

function ownerFaults(owners: readonly OwnerReference[]): readonly FieldError[] {
  const field = 'metadata.ownerReferences';
  const [first, second] = owners.filter((owner) => owner.controller);
  const detail =
    'Only one reference can have Controller set to true. ' +
    `Found "true" in references for ${first?.kind}/${first?.name} and ${second?.kind}/${second?.name}`;
  return [
    ...faultIf(second !== undefined, invalidValue(field, owners, detail)),
    ...owners.flatMap(({ apiVersion, kind, name, uid }) => [
      ...faultIf(apiVersion === '', invalidValue(`${field}.apiVersion`, '', 'version must not be empty')),
      ...faultIf(kind === '', invalidValue(`${field}.kind`, '', 'must not be empty')),
      ...faultIf(name === '', invalidValue(`${field}.name`, '', 'must not be empty')),
      ...faultIf(uid === '', invalidValue(`${field}.uid`, '', 'must not be empty')),
    ]),
  ];
}

function finalizerFaults(finalizers: readonly string[]): readonly FieldError[] {
  const field = 'metadata.finalizers';
  const detail = 'name is neither a standard finalizer name nor is it fully qualified';
  const isQualified = (finalizer: string) =>
    finalizer.includes('/') || STANDARD_FINALIZERS.includes(finalizer);
  return [
    ...finalizers.flatMap((finalizer) => invalidFor(field, finalizer, qualifiedNameFaults(finalizer))),
    ...finalizers.flatMap((finalizer, index) =>
      faultIf(!isQualified(finalizer), invalidValue(`${field}[${index}]`, finalizer, detail)),
    ),
  ];
}

/** Faults of a change of metadata: what may not change, and what may not be added any more. */
export function objectMetaUpdateFaults(next: ObjectMeta, current: ObjectMeta): readonly FieldError[] {
  return [
    ...(['deletionTimestamp', 'deletionGracePeriodSeconds'] as const).flatMap((key) =>
      faultIf(
        next[key] !== current[key],
        invalidValue(`metadata.${key}`, next[key] ?? null, 'field is immutable'),
      ),
    ),
    ...addedFinalizerFaults(next, current),
  ];
}

function addedFinalizerFaults(next: ObjectMeta, current: ObjectMeta): readonly FieldError[] {
  if (current.deletionTimestamp === undefined) return [];
  const added = (next.finalizers ?? []).filter((finalizer) => !current.finalizers?.includes(finalizer));
  const list = added.map((finalizer) => JSON.stringify(finalizer)).join(', ');
  const detail = `no new finalizers can be added if the object is being deleted, found new finalizers []string{${list}}`;
  return faultIf(added.length > 0, forbidden('metadata.finalizers', detail));
}
