import type { FieldError } from '../errors/field-error.js';
import { ALL_VERBS, type Kind } from './kind.js';

/** What most kinds do: nothing particular. A kind states its names and rules and takes the rest from here. */
export const PLAIN_KIND = {
  group: '',
  version: 'v1',
  shortNames: [],
  categories: [],
  namespaced: true,
  verbs: ALL_VERBS,
  subresources: [],
  createsOnUpdate: false,
  updatesUnconditionally: true,
  selectableFields: {},
  unknownFieldSelector: (field: string) => `field label not supported: ${field}`,
  defaults: unchanged,
  admit: unchanged,
  prepareForCreate: unchanged,
  prepareForUpdate: unchanged,
  prepareForStatusUpdate: unchanged,
  validate: noFaults,
  validateUpdate: noFaults,
  validateStatusUpdate: noFaults,
  markDeleted: unchanged,
  hasContents: () => false,
  deletionRefusal: () => undefined,
} as const satisfies Partial<Kind>;

function unchanged<T>(object: T): T {
  return object;
}

function noFaults(): readonly FieldError[] {
  return [];
}
