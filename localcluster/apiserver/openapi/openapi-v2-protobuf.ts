import { isJsonArray, isJsonObject, type JsonObject, type JsonValue } from '../objects/json.js';
import { writeField } from '../protobuf/wire-format.js';
import type { OpenApiV2 } from './openapi-v2.js';

/**
 * The OpenAPI 2.0 document in the protobuf encoding that kubectl up to 1.26 asks for (gnostic, OpenAPIv2.proto).
 * Only the parts that our documents have are written; the numbers are those of that file.
 */
export function encodeOpenApiV2({ swagger, info, paths, definitions }: OpenApiV2): Buffer {
  return Buffer.concat([
    writeField(1, swagger),
    writeField(2, [writeField(1, info.title), writeField(2, info.version)]),
    writeField(
      8,
      Object.entries(paths).map(([path, item]) => named(2, path, encodePathItem(item))),
    ),
    writeField(
      9,
      Object.entries(definitions).map(([name, schema]) => named(1, name, encodeSchema(schema))),
    ),
  ]);
}

/** A pair of a name and a message. */
function named(number: number, name: string, value: readonly Buffer[]): Buffer {
  return writeField(number, [writeField(1, name), writeField(2, value)]);
}

const METHODS: Readonly<Record<string, number>> = { get: 2, put: 3, post: 4, delete: 5, patch: 8 };

function encodePathItem(item: Readonly<Record<string, JsonObject>>): readonly Buffer[] {
  return Object.entries(item).map(([method, operation]) =>
    writeField(METHODS[method] ?? 0, encodeOperation(operation)),
  );
}

function encodeOperation(operation: JsonObject): readonly Buffer[] {
  const parameters = isJsonArray(operation.parameters) ? operation.parameters : [];
  return [
    ...parameters.map((parameter) => writeField(8, encodeParameter(parameter))),
    ...extensions(operation, 13),
  ];
}

/** A query parameter, inside the three choices that the format has around it. */
function encodeParameter(parameter: JsonValue): readonly Buffer[] {
  const name = isJsonObject(parameter) ? String(parameter.name) : '';
  const query = [writeField(2, 'query'), writeField(4, name), writeField(6, 'string')];
  return [writeField(1, [writeField(2, [writeField(3, query)])])];
}

function encodeSchema(schema: JsonObject): readonly Buffer[] {
  const { $ref: reference, format, type, items, required, properties, additionalProperties } = schema;
  return [
    ...(typeof reference === 'string' ? [writeField(1, reference)] : []),
    ...(typeof format === 'string' ? [writeField(2, format)] : []),
    ...(isJsonArray(required) ? required.map((name) => writeField(19, String(name))) : []),
    ...(isJsonObject(additionalProperties)
      ? [writeField(21, [writeField(1, encodeSchema(additionalProperties))])]
      : []),
    ...(typeof type === 'string' ? [writeField(22, [writeField(1, type)])] : []),
    ...(isJsonObject(items) ? [writeField(23, [writeField(1, encodeSchema(items))])] : []),
    ...(isJsonObject(properties) ? [writeField(25, encodeProperties(properties))] : []),
    ...extensions(schema, 31),
  ];
}

function encodeProperties(properties: JsonObject): readonly Buffer[] {
  return Object.entries(properties).map(([name, schema]) =>
    named(1, name, isJsonObject(schema) ? encodeSchema(schema) : []),
  );
}

/** Extensions are carried as YAML text, of which JSON is a part. */
function extensions(holder: JsonObject, number: number): readonly Buffer[] {
  return Object.entries(holder)
    .filter(([name]) => name.startsWith('x-'))
    .map(([name, value]) => named(number, name, [writeField(2, JSON.stringify(value))]));
}
