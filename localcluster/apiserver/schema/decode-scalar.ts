import type { JsonValue } from '../objects/json.js';
import { formatQuantity, parseQuantity, QUANTITY_FAULT } from '../objects/quantity.js';
import { canonicalMicroTime, canonicalTime } from '../objects/timestamps.js';
import { DecodeError } from './decode-error.js';
import type { Scalar } from './field-type.js';

/** Reads a leaf into its canonical form. `wrongType` makes the error for another JSON type. */
export function decodeScalar(scalar: Scalar, raw: JsonValue, wrongType: () => DecodeError): JsonValue {
  switch (scalar) {
    case 'string':
      if (typeof raw !== 'string') throw wrongType();
      return raw;
    case 'bool':
      if (typeof raw !== 'boolean') throw wrongType();
      return raw;
    case 'int32':
    case 'int64':
      if (!isInteger(raw, scalar)) throw wrongType();
      return raw;
    case 'Time':
      return decodeTime(raw, '2006-01-02T15:04:05Z07:00', canonicalTime, wrongType);
    case 'MicroTime':
      return decodeTime(raw, '2006-01-02T15:04:05.000000Z07:00', canonicalMicroTime, wrongType);
    case 'Quantity':
      return decodeQuantity(raw, wrongType);
    case 'IntOrString':
      if (typeof raw !== 'string' && !isInteger(raw, 'int32')) throw wrongType();
      return raw;
    case 'FieldsV1':
      return raw;
  }
}

function isInteger(raw: JsonValue, scalar: 'int32' | 'int64'): boolean {
  const limit = scalar === 'int32' ? 2 ** 31 : 2 ** 63;
  return typeof raw === 'number' && Number.isInteger(raw) && raw >= -limit && raw < limit;
}

function decodeTime(
  raw: JsonValue,
  layout: string,
  canonical: (text: string) => string | undefined,
  wrongType: () => DecodeError,
): string {
  if (typeof raw !== 'string') throw wrongType();
  const time = canonical(raw);
  if (time === undefined) {
    throw new DecodeError(
      `parsing time ${JSON.stringify(raw)} as "${layout}": the text does not have that form`,
    );
  }
  return time;
}

function decodeQuantity(raw: JsonValue, wrongType: () => DecodeError): string {
  if (typeof raw !== 'string' && typeof raw !== 'number') throw wrongType();
  const quantity = parseQuantity(String(raw));
  if (quantity === undefined) throw new DecodeError(QUANTITY_FAULT);
  return formatQuantity(quantity);
}

export function zeroScalar(scalar: Scalar): JsonValue {
  switch (scalar) {
    case 'string':
      return '';
    case 'bool':
      return false;
    case 'int32':
    case 'int64':
    case 'IntOrString':
      return 0;
    case 'Quantity':
      return '0';
    default:
      return null;
  }
}

/** Whether a leaf is left out when it has this value. Times, quantities and ports never are. */
export function isZeroScalar(scalar: Scalar, value: JsonValue): boolean {
  switch (scalar) {
    case 'string':
    case 'bool':
    case 'int32':
    case 'int64':
      return value === zeroScalar(scalar);
    default:
      return false;
  }
}
