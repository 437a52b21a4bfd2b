import { type JsonValue, jsonTypeName } from '../objects/json.js';
import type { FieldType } from './field-type.js';

/** A document that does not fit its type; the message is the real API server's. */
export class DecodeError extends Error {
  override readonly name = 'DecodeError';
}

/** A value of the wrong JSON type, said the way the Go decoder says it. */
export function mismatch(value: JsonValue, owner: string, path: string, type: FieldType): DecodeError {
  const found =
    typeof value === 'number' && !Number.isInteger(value) ? `number ${value}` : jsonTypeName(value);
  return new DecodeError(
    `json: cannot unmarshal ${found} into Go struct field ${owner}.${path} of type ${goType(type)}`,
  );
}

function goType(type: FieldType): string {
  switch (type.shape) {
    case 'scalar':
      return type.scalar;
    case 'struct':
      return `v1.${type.name}`;
    case 'list':
      return `[]${goType(type.element)}`;
    case 'map':
      return `map[string]${goType(type.value)}`;
  }
}
