import { badRequest } from '../errors/refusals.js';
import type { Kind } from '../kinds/kind.js';
import type { KubernetesObject } from '../objects/kubernetes-object.js';
import { type FieldRequirement, parseFieldSelector } from '../selectors/field-selector.js';
import { matchesLabels, parseLabelSelector } from '../selectors/label-selector.js';

/** Which objects of a kind a list or watch is about. */
export interface Selection {
  /** Whether every object is meant. */
  readonly all: boolean;
  matches(object: KubernetesObject): boolean;
}

/** Reads both selectors of a request. Throws a 400 refusal for what cannot be read or asked for. */
export function selectionOf(kind: Kind, labelSelector: string, fieldSelector: string): Selection {
  const labels = parseLabelSelector(labelSelector);
  const fields = parseFieldSelector(fieldSelector).map((requirement) => fieldTest(kind, requirement));
  return {
    all: labels.length === 0 && fields.length === 0,
    matches: (object) => matchesLabels(labels, object) && fields.every((test) => test(object)),
  };
}

function fieldTest(
  kind: Kind,
  { field, equal, value }: FieldRequirement,
): (object: KubernetesObject) => boolean {
  const read = fieldReader(kind, field);
  return (object) => (read(object) === value) === equal;
}

function fieldReader(kind: Kind, field: string): (object: KubernetesObject) => string {
  if (field === 'metadata.name') return ({ metadata }) => metadata.name ?? '';
  if (field === 'metadata.namespace') return ({ metadata }) => metadata.namespace ?? '';
  const read = Object.hasOwn(kind.selectableFields, field) ? kind.selectableFields[field] : undefined;
  if (read === undefined) throw badRequest(kind.unknownFieldSelector(field));
  return read;
}
