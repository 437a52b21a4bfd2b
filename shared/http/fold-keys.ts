import { z } from '@hono/zod-openapi';

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
}

/**
 * Brings a parsed body into the spelling of its schema, the way Go's decoder matches it (contract 1.1): keys
 * match ignoring case, null is the zero value, of two keys for one field the later wins. Unknown keys are left
 * out and reported. Types are not judged here.
 */
export function foldKeys(value: unknown, schema: z.ZodType): Folded {
  const unknownKeys: string[] = [];
  return { value: fold(value, schema, '', unknownKeys), unknownKeys };
}

function fold(value: unknown, schema: z.ZodType, path: string, unknownKeys: string[]): unknown {
  const inner = unwrap(schema);
  if (inner instanceof z.ZodObject) {
    return isPlainObject(value ?? {}) ? foldObject(value ?? {}, inner, path, unknownKeys) : value;
  }
  if (inner instanceof z.ZodArray) {
    if (!Array.isArray(value)) return value;
    const element = inner.element as z.ZodType;
    return value.map((item, index) => {
      const folded = fold(item, element, `${path}[${index}]`, unknownKeys);
      return folded === null ? zeroValue(element) : folded;
    });
  }
  if (inner instanceof z.ZodRecord && isPlainObject(value)) {
    const valueType = inner.valueType as z.ZodType;
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [key, item === null ? zeroValue(valueType) : item]),
    );
  }
  return value;
}

function foldObject(value: object, schema: z.ZodObject, path: string, unknownKeys: string[]): object {
  const names = namesOf(schema);
  const folded: Record<string, unknown> = {};
  for (const [key, item] of Object.entries(value)) {
    const at = path === '' ? key : `${path}.${key}`;
    const name = Object.hasOwn(schema.shape, key) ? key : names.get(key.toLowerCase());
    if (name === undefined) {
      unknownKeys.push(at);
    } else if (item !== null) {
      folded[name] = fold(item, schema.shape[name] as z.ZodType, at, unknownKeys);
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

function isPlainObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
