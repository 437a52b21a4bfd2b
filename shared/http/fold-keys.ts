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

interface Findings {
  readonly unknownKeys: string[];
  wrongTypes: number;
}

/**
 * Brings a parsed body into the spelling of its schema, the way Go's decoder matches it (contract 1.1): keys
 * match ignoring case, null is the zero value, of two keys for one field the later wins. Unknown keys are left
 * out and reported. Types are not judged here, only counted. Throws `too_large` for a list of more than 20,000 items.
 */
export function foldKeys(value: unknown, schema: z.ZodType): Folded {
  const findings: Findings = { unknownKeys: [], wrongTypes: 0 };
  const folded = fold(value, schema, '', findings);
  return { value: folded, ...findings };
}

function fold(value: unknown, schema: z.ZodType, path: string, findings: Findings): unknown {
  const inner = unwrap(schema);
  if (value !== null && !isOfType(value, inner)) findings.wrongTypes++;
  if (inner instanceof z.ZodObject) {
    return isPlainObject(value ?? {}) ? foldObject(value ?? {}, inner, path, findings) : value;
  }
  if (inner instanceof z.ZodArray) {
    if (!Array.isArray(value)) return value;
    if (value.length > MAX_ITEMS) {
      const found = `${path}: at most ${MAX_ITEMS} items, found ${value.length}`;
      throw new DomainError('too_large', `${found}: send less at a time`);
    }
    const element = inner.element as z.ZodType;
    return value.map((item, index) => {
      const folded = fold(item, element, `${path}[${index}]`, findings);
      return folded === null ? zeroValue(element) : folded;
    });
  }
  if (inner instanceof z.ZodRecord && isPlainObject(value)) {
    const valueType = inner.valueType as z.ZodType;
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [
        key,
        fold(item ?? zeroValue(valueType), valueType, key, findings),
      ]),
    );
  }
  return value;
}

function foldObject(value: object, schema: z.ZodObject, path: string, findings: Findings): object {
  const names = namesOf(schema);
  const folded: Record<string, unknown> = {};
  for (const [key, item] of Object.entries(value)) {
    const at = path === '' ? key : `${path}.${key}`;
    const name = Object.hasOwn(schema.shape, key) ? key : names.get(key.toLowerCase());
    if (name === undefined) {
      if (findings.unknownKeys.length < MAX_UNKNOWN_KEYS) findings.unknownKeys.push(at);
    } else if (item !== null) {
      folded[name] = fold(item, schema.shape[name] as z.ZodType, at, findings);
    }
  }
  return folded;
}

const namesBySchema = new WeakMap<z.ZodObject, ReadonlyMap<string, string>>();

/** Lower-case spelling → the schema's name. Schemas are few and live as long as the program. */
function namesOf(schema: z.ZodObject): ReadonlyMap<string, string> {
  const known = namesBySchema.get(schema);
  if (known !== undefined) return known;
  const others = otherSpellings.get(schema) ?? {};
  const names = new Map<string, string>();
  for (const [name, spellings] of Object.entries(others)) {
    for (const spelling of spellings) names.set(spelling.toLowerCase(), name);
  }
  for (const name of Object.keys(schema.shape)) names.set(name.toLowerCase(), name);
  namesBySchema.set(schema, names);
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

/** Whether a value has the JSON type that a schema takes; true where a schema does not tell. */
function isOfType(value: unknown, schema: z.ZodType): boolean {
  if (schema instanceof z.ZodObject || schema instanceof z.ZodRecord) return isPlainObject(value);
  if (schema instanceof z.ZodArray) return Array.isArray(value);
  if (schema instanceof z.ZodString || schema instanceof z.ZodEnum) return typeof value === 'string';
  if (schema instanceof z.ZodBoolean) return typeof value === 'boolean';
  return true;
}

function isPlainObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
