import type { JsonObject, JsonValue } from '../objects/json.js';
import type { FieldType, Scalar } from '../schema/field-type.js';
import { structType } from '../schema/struct-types.js';
import { bytesOf, integerOf, readFields, type WireField, WireFormatError } from './wire-format.js';

/** Reads a protobuf message of a type of the tables into the JSON document that says the same. */
export function decodeMessage(typeName: string, message: Buffer): JsonObject {
  const byNumber = new Map<number, WireField[]>();
  for (const wire of readFields(message)) {
    const others = byNumber.get(wire.number);
    if (others === undefined) byNumber.set(wire.number, [wire]);
    else others.push(wire);
  }
  const entries = structType(typeName).wireFields.flatMap((field): [string, JsonValue | undefined][] => {
    const wires = byNumber.get(field.number);
    if (wires === undefined) return [];
    if (field.inline) return Object.entries(decodeMessage(field.name, bytesOf(wires.at(-1))));
    return [[field.name, decodeField(field.type, wires)]];
  });
  return Object.fromEntries(entries);
}

/** Lists and maps come as repeated fields; of anything else the last one counts. */
function decodeField(type: FieldType, wires: readonly WireField[]): JsonValue {
  switch (type.shape) {
    case 'list':
      return wires.map((wire) => decodeValue(type.element, wire));
    case 'map':
      return Object.fromEntries(wires.map((wire) => decodeEntry(type.value, bytesOf(wire))));
    default:
      return wires.map((wire) => decodeValue(type, wire)).at(-1) ?? null;
  }
}

function decodeEntry(type: FieldType, message: Buffer): [key: string, value: JsonValue] {
  const fields = new Map([...readFields(message)].map((wire) => [wire.number, wire]));
  const value = fields.get(2);
  return [bytesOf(fields.get(1)).toString(), value === undefined ? null : decodeValue(type, value)];
}

function decodeValue(type: FieldType, wire: WireField): JsonValue {
  switch (type.shape) {
    case 'scalar':
      return decodeScalar(type.scalar, wire);
    case 'struct':
      return decodeMessage(type.name, bytesOf(wire));
    default:
      throw new WireFormatError('lists of lists are not part of the API');
  }
}

function decodeScalar(scalar: Scalar, wire: WireField): JsonValue {
  switch (scalar) {
    case 'string':
      return bytesOf(wire).toString();
    case 'bool':
      return integerOf(wire) !== 0;
    case 'int32':
    case 'int64':
      return integerOf(wire);
    case 'Time':
    case 'MicroTime':
      return decodeTime(scalar, bytesOf(wire));
    case 'Quantity':
      return firstText(bytesOf(wire), 1);
    case 'IntOrString':
      return decodeIntOrString(bytesOf(wire));
    case 'FieldsV1':
      return {};
  }
}

/** Seconds and nanoseconds; a message without seconds is no time at all. */
function decodeTime(scalar: 'Time' | 'MicroTime', message: Buffer): JsonValue {
  const fields = new Map([...readFields(message)].map((wire) => [wire.number, integerOf(wire)]));
  const seconds = fields.get(1);
  if (seconds === undefined) return null;
  const whole = new Date(seconds * 1000).toISOString().slice(0, 19);
  if (scalar === 'Time') return `${whole}Z`;
  const micros = Math.trunc((fields.get(2) ?? 0) / 1000);
  return `${whole}.${String(micros).padStart(6, '0')}Z`;
}

function decodeIntOrString(message: Buffer): JsonValue {
  const fields = new Map([...readFields(message)].map((wire) => [wire.number, wire]));
  const [kind, number, text] = [fields.get(1), fields.get(2), fields.get(3)];
  const isText = kind !== undefined && integerOf(kind) === 1;
  if (isText) return text === undefined ? '' : bytesOf(text).toString();
  return number === undefined ? 0 : integerOf(number);
}

function firstText(message: Buffer, number: number): string {
  for (const wire of readFields(message)) if (wire.number === number) return bytesOf(wire).toString();
  return '0';
}
