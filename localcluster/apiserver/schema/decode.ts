import { isJsonArray, isJsonObject, type JsonObject, type JsonValue } from '../objects/json.js';
import { mismatch } from './decode-error.js';
import { decodeScalar, isZeroScalar, zeroScalar } from './decode-scalar.js';
import type { Field, FieldType, StructType } from './field-type.js';
import { structType } from './struct-types.js';

export interface Decoded {
  /** In the form that the real API server answers: canonical values, zero values left out where it does. */
  readonly value: JsonObject;
  /** Paths of fields that the type does not have, in the order of the document; they are not in the value. */
  readonly unknownFields: readonly string[];
}

/** Where a value stands: with list indices for people, without them for the API's type errors. */
interface Place {
  readonly path: string;
  readonly plainPath: string;
  readonly unknownFields: string[];
}

const TYPE_META = ['kind', 'apiVersion'];

/**
 * Reads a JSON object as one of the API's types. Fields of other types are collected, wrong JSON types and
 * unreadable quantities or times throw a `DecodeError` in the words of the real API server.
 */
export function decode(typeName: string, document: JsonObject): Decoded {
  const unknownFields: string[] = [];
  const place = { path: '', plainPath: '', unknownFields };
  const value = decodeStruct(structType(typeName), withoutTypeMeta(document), place);
  return { value, unknownFields };
}

function withoutTypeMeta(document: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(document).filter(([key]) => !TYPE_META.includes(key)));
}

function decodeStruct(type: StructType, document: JsonObject, place: Place): JsonObject {
  const found = new Map<string, JsonValue>();
  for (const [key, raw] of Object.entries(document)) {
    const field = type.fields.get(key);
    const path = join(place.path, key);
    if (field === undefined) place.unknownFields.push(path);
    else if (raw !== null && raw !== undefined) {
      const at = { ...place, path, plainPath: join(place.plainPath, key) };
      found.set(key, decodeValue(field.type, raw, at, type.name));
    }
  }
  return writeFields(type, found);
}

function join(path: string, key: string): string {
  return path === '' ? key : `${path}.${key}`;
}

function decodeValue(type: FieldType, raw: JsonValue, place: Place, owner: string): JsonValue {
  switch (type.shape) {
    case 'scalar':
      return decodeScalar(type.scalar, raw, () => mismatch(raw, owner, place.plainPath, type));
    case 'struct':
      if (!isJsonObject(raw)) throw mismatch(raw, owner, place.plainPath, type);
      return decodeNested(type.name, raw, place);
    case 'list':
      if (!isJsonArray(raw)) throw mismatch(raw, owner, place.plainPath, type);
      return raw.map((item, index) =>
        decodeElement(type.element, item, { ...place, path: `${place.path}[${index}]` }, owner),
      );
    case 'map':
      if (!isJsonObject(raw)) throw mismatch(raw, owner, place.plainPath, type);
      return mapEntries(raw, (item, key) =>
        decodeElement(type.value, item, { ...place, path: join(place.path, key) }, owner),
      );
  }
}

function decodeNested(typeName: string, raw: JsonObject, place: Place): JsonObject {
  const document = typeName === 'DeleteOptions' ? withoutTypeMeta(raw) : raw;
  return decodeStruct(structType(typeName), document, place);
}

/** A null inside a list or map is the element type's zero value. */
function decodeElement(type: FieldType, raw: JsonValue, place: Place, owner: string): JsonValue {
  return raw === null ? zeroValue(type) : decodeValue(type, raw, place, owner);
}

function mapEntries(
  object: JsonObject,
  change: (value: JsonValue, key: string) => JsonValue,
): Record<string, JsonValue> {
  const entries = Object.entries(object).sort(([left], [right]) => (left < right ? -1 : 1));
  return Object.fromEntries(entries.map(([key, value]) => [key, change(value ?? null, key)]));
}

/** Puts the fields in the type's order and decides which empty ones are written. */
function writeFields(type: StructType, found: ReadonlyMap<string, JsonValue>): JsonObject {
  const written: Record<string, JsonValue> = {};
  for (const field of type.fields.values()) {
    const value = found.has(field.name) ? found.get(field.name) : absentValue(field);
    if (value === undefined) continue;
    if (field.pointer || field.always || !isEmpty(field.type, value)) written[field.name] = value;
  }
  return written;
}

/** What a missing field reads as. Only structs and times that are no pointers are then written at all. */
function absentValue(field: Field): JsonValue | undefined {
  if (field.pointer || field.type.shape === 'list' || field.type.shape === 'map') {
    return field.always ? null : undefined;
  }
  return zeroValue(field.type);
}

function zeroValue(type: FieldType): JsonValue {
  switch (type.shape) {
    case 'scalar':
      return zeroScalar(type.scalar);
    case 'struct':
      return writeFields(structType(type.name), new Map());
    default:
      return null;
  }
}

function isEmpty(type: FieldType, value: JsonValue): boolean {
  if (type.shape === 'scalar') return isZeroScalar(type.scalar, value);
  if (type.shape === 'list') return isJsonArray(value) && value.length === 0;
  return type.shape === 'map' && isJsonObject(value) && Object.keys(value).length === 0;
}
