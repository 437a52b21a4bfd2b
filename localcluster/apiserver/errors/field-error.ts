import type { JsonValue } from '../objects/json.js';

/** The reasons that the causes of a 422 answer carry. */
export type FieldErrorReason =
  | 'FieldValueRequired'
  | 'FieldValueInvalid'
  | 'FieldValueNotSupported'
  | 'FieldValueDuplicate'
  | 'FieldValueForbidden'
  | 'FieldValueNotFound'
  | 'FieldValueTooLong';

/** One fault of an object: where it stands, and the sentence that the real API server says about it. */
export interface FieldError {
  readonly field: string;
  readonly reason: FieldErrorReason;
  readonly message: string;
}

export function required(field: string, detail = ''): FieldError {
  return fault(field, 'FieldValueRequired', withDetail('Required value', detail));
}

export function invalidValue(field: string, value: JsonValue | object, detail: string): FieldError {
  return fault(field, 'FieldValueInvalid', withDetail(`Invalid value: ${JSON.stringify(value)}`, detail));
}

/** The same value wrong in several ways. */
export function invalidFor(
  field: string,
  value: JsonValue,
  details: readonly string[],
): readonly FieldError[] {
  return details.map((detail) => invalidValue(field, value, detail));
}

/** A fault, where the condition holds. */
export function faultIf(condition: boolean, fault: FieldError): readonly FieldError[] {
  return condition ? [fault] : [];
}

/** The fault of a text that must be one of a few, when it is given at all. */
export function oneOf(
  field: string,
  value: string | undefined,
  supported: readonly string[],
): readonly FieldError[] {
  return value === undefined || supported.includes(value) ? [] : [notSupported(field, value, supported)];
}

export function notSupported(
  field: string,
  value: JsonValue | object,
  supported: readonly string[],
): FieldError {
  const list = supported.map((text) => JSON.stringify(text)).join(', ');
  return fault(
    field,
    'FieldValueNotSupported',
    `Unsupported value: ${JSON.stringify(value)}: supported values: ${list}`,
  );
}

export function duplicate(field: string, value: JsonValue | object, detail = ''): FieldError {
  return fault(field, 'FieldValueDuplicate', withDetail(`Duplicate value: ${JSON.stringify(value)}`, detail));
}

export function forbidden(field: string, detail: string): FieldError {
  return fault(field, 'FieldValueForbidden', withDetail('Forbidden', detail));
}

export function notFound(field: string, value: string): FieldError {
  return fault(field, 'FieldValueNotFound', `Not found: ${JSON.stringify(value)}`);
}

export function tooLong(field: string, maxBytes: number): FieldError {
  return fault(field, 'FieldValueTooLong', `Too long: may not be more than ${maxBytes} bytes`);
}

function fault(field: string, reason: FieldErrorReason, message: string): FieldError {
  return { field, reason, message };
}

function withDetail(sentence: string, detail: string): string {
  return detail === '' ? sentence : `${sentence}: ${detail}`;
}
