import { z } from '@hono/zod-openapi';
import { DomainError } from '../domain/domain-error.js';

/**
 * Other spellings of an object's keys, by the name the schema uses (contract 8.1). Register a schema with
 * `schema.register(otherSpellings, { k8sNamespace: ['k8sNamespaces'] })`, after `.openapi(...)`, which makes another
 * schema. Case never needs an entry.
 */
export const otherSpellings = z.registry<Readonly<Record<string, readonly string[]>>>();

export interface Folded {
  readonly value: unknown;
  /** Paths of the keys that the schema does not know, such as `labelSelectors[0].vlaue`. */
  readonly unknownKeys: readonly string[];
  /** How many values are of another JSON type than the schema's; which they are is for the schema to say. */
  readonly wrongTypes: number;
}

/** Of one list in a body (DESIGN 9, "Body limits"). */
const MAX_ITEMS = 20_000;
/** Of those that nobody knows, what is reported. */
const MAX_UNKNOWN_KEYS = 1_000;

/** Where a fold is, and what it has found. */
interface Walk {
  /** Names and places that lead to the current value: a text only once an unknown key needs it. */
  readonly path: (string | number)[];
  readonly unknownKeys: string[];
  wrongTypes: number;
}

/**
 * Brings a parsed body into the spelling of its schema, the way Go's decoder matches it (contract 1.1): keys
 * match ignoring case, null is the zero value, of two keys for one field the later wins. Unknown keys are left
 * out and reported. Types are not judged here, only counted. Throws `too_large` for a list of more than 20,000 items.
 * What is spelled as the schema has it comes back as it came, not as a copy: sets are large.
 */
export function foldKeys(value: unknown, schema: z.ZodType): Folded {
  const walk: Walk = { path: [], unknownKeys: [], wrongTypes: 0 };
  const folded = foldOf(schema)(value, walk);
  return { value: folded, unknownKeys: walk.unknownKeys, wrongTypes: walk.wrongTypes };
}

/** Folds values of one schema, and counts those of another type. */
type Fold = (value: unknown, walk: Walk) => unknown;

const folds = new WeakMap<z.ZodType, Fold>();

/** The fold of a schema, worked out once: schemas are few and live as long as the program. */
function foldOf(schema: z.ZodType): Fold {
  const known = folds.get(schema);
  if (known !== undefined) return known;
  const fold = newFold(unwrap(schema));
  folds.set(schema, fold);
  return fold;
}

function newFold(schema: z.ZodType): Fold {
  if (schema instanceof z.ZodObject) return objectFold(schema);
  if (schema instanceof z.ZodArray) return listFold(schema.element as z.ZodType);
  if (schema instanceof z.ZodRecord) return mapFold(schema.valueType as z.ZodType);
  if (schema instanceof z.ZodString || schema instanceof z.ZodEnum) return leafFold('string');
  if (schema instanceof z.ZodBoolean) return leafFold('boolean');
  // Numbers have rules of their own (shared/contract/wire-integer.ts), and other schemas do not tell a type.
  return (value) => value;
}

function leafFold(type: 'string' | 'boolean'): Fold {
  const isOfType =
    type === 'string'
      ? (value: unknown) => typeof value === 'string'
      : (value: unknown) => typeof value === 'boolean';
  return (value, walk) => (value === null || isOfType(value) ? value : wrong(value, walk));
}

interface Field {
  readonly name: string;
  readonly fold: Fold;
}

function objectFold(schema: z.ZodObject): Fold {
  const fields = new Map<string, Field>();
  for (const [spelling, name] of namesOf(schema)) {
    fields.set(spelling, { name, fold: foldOf(schema.shape[name] as z.ZodType) });
  }
  return (value, walk) => {
    const object = value ?? {};
    return isPlainObject(object) ? foldObject(object, fields, walk) : wrong(value, walk);
  };
}

function foldObject(
  object: Readonly<Record<string, unknown>>,
  fields: ReadonlyMap<string, Field>,
  walk: Walk,
): object {
  // Made where something has to be another than it came; until then the fields so far are as they are.
  let folded: Record<string, unknown> | undefined;
  const depth = walk.path.length;
  for (const key of Object.keys(object)) {
    const item = object[key];
    const field = fields.get(key) ?? fields.get(key.toLowerCase());
    walk.path[depth] = key;
    if (field === undefined) reportUnknown(walk);
    const known = field === undefined || item === null ? undefined : field.fold(item, walk);
    if (folded === undefined && (field?.name !== key || known !== item)) folded = fieldsBefore(object, key);
    if (folded !== undefined && field !== undefined && item !== null) folded[field.name] = known;
  }
  walk.path.length = depth;
  return folded ?? object;
}

function fieldsBefore(object: Readonly<Record<string, unknown>>, key: string): Record<string, unknown> {
  const keys = Object.keys(object);
  return Object.fromEntries(keys.slice(0, keys.indexOf(key)).map((earlier) => [earlier, object[earlier]]));
}

function reportUnknown({ path, unknownKeys }: Walk): void {
  if (unknownKeys.length < MAX_UNKNOWN_KEYS) unknownKeys.push(pathText(path));
}

function listFold(element: z.ZodType): Fold {
  const elementFold = foldOf(element);
  return (value, walk) => {
    if (!Array.isArray(value)) return wrong(value, walk);
    if (value.length > MAX_ITEMS) {
      const found = `${pathText(walk.path)}: at most ${MAX_ITEMS} items, found ${value.length}`;
      throw new DomainError('too_large', `${found}: send less at a time`);
    }
    return value.map((item, index) => {
      walk.path.push(index);
      const folded = elementFold(item, walk);
      walk.path.pop();
      return folded === null ? zeroValue(element) : folded;
    });
  };
}

function mapFold(valueType: z.ZodType): Fold {
  const valueFold = foldOf(valueType);
  return (value, walk) => {
    if (!isPlainObject(value)) return wrong(value, walk);
    let isSame = true;
    const entries = Object.entries(value).map(([key, item]) => {
      walk.path.push(key);
      const folded = valueFold(item ?? zeroValue(valueType), walk);
      walk.path.pop();
      isSame &&= folded === item;
      return [key, folded] as const;
    });
    return isSame ? value : Object.fromEntries(entries);
  };
}

/** A value of another type than the schema's, as it came. */
function wrong(value: unknown, walk: Walk): unknown {
  if (value !== null) walk.wrongTypes++;
  return value;
}

function pathText(path: readonly (string | number)[]): string {
  return path.reduce<string>((text, part) => {
    if (typeof part === 'number') return `${text}[${part}]`;
    return text === '' ? part : `${text}.${part}`;
  }, '');
}

/** Spelling, in lower case and as the schema has it → the schema's name. */
function namesOf(schema: z.ZodObject): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  for (const [name, spellings] of Object.entries(otherSpellings.get(schema) ?? {})) {
    for (const spelling of spellings) names.set(spelling.toLowerCase(), name);
  }
  for (const name of Object.keys(schema.shape)) names.set(name.toLowerCase(), name);
  for (const name of Object.keys(schema.shape)) names.set(name, name);
  return names;
}

function unwrap(schema: z.ZodType): z.ZodType {
  if (
    schema instanceof z.ZodOptional ||
    schema instanceof z.ZodNullable ||
    schema instanceof z.ZodDefault ||
    schema instanceof z.ZodReadonly
  ) {
    return unwrap(schema.def.innerType as z.ZodType);
  }
  if (schema instanceof z.ZodPipe) return unwrap(schema.def.in as z.ZodType);
  return schema;
}

/** What Go makes of null inside a list or a map. */
function zeroValue(schema: z.ZodType): unknown {
  const inner = unwrap(schema);
  if (inner instanceof z.ZodString) return '';
  if (inner instanceof z.ZodBoolean) return false;
  if (inner instanceof z.ZodArray) return [];
  if (inner instanceof z.ZodObject || inner instanceof z.ZodRecord) return {};
  return 0;
}

function isPlainObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
