import { type Document, Long, ObjectId } from 'mongodb';
import { DomainError } from '../../../shared/domain/domain-error.js';
import { isHexId } from '../../../shared/domain/hex-id.js';

/**
 * Fields of documents, read whatever they hold: a database that another program wrote is taken over as it is, so a
 * field may be missing, null or of another type.
 */

/** Undefined for what cannot be the id of anything. */
export function objectIdIfAny(id: string): ObjectId | undefined {
  return typeof id === 'string' && isHexId(id) ? new ObjectId(id) : undefined;
}

/** For ids that are written. */
export function objectId(id: string): ObjectId {
  const known = objectIdIfAny(id);
  if (known !== undefined) return known;
  throw new DomainError('invalid', `${JSON.stringify(id)} is no id: expected 24 hexadecimal digits`);
}

/** Empty when there is none. */
export function hexId(value: unknown): string {
  if (value instanceof ObjectId) return value.toHexString();
  return typeof value === 'string' ? value : '';
}

/** A 64-bit integer, as times and nanoseconds are kept. */
export function int64(value: number): Long {
  return Long.fromNumber(value);
}

export function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** The texts of a list; empty for what is none. */
export function texts(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}

export function integer(value: unknown, fallback: number): number {
  const number = Long.isLong(value) ? value.toNumber() : value;
  return typeof number === 'number' && Number.isFinite(number) ? Math.trunc(number) : fallback;
}

export function flag(value: unknown, fallback: boolean): boolean {
  return typeof value === 'boolean' ? value : fallback;
}

/** The documents of a list; empty for what is none. */
export function documents(value: unknown): readonly Document[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'object' && item !== null) : [];
}

/** Only ever compares with a text: an object in its place would be read as an operator by the server. */
export function equalsText(value: string): { readonly $eq: string } {
  if (typeof value === 'string') return { $eq: value };
  throw new DomainError('invalid', `expected a text, found ${typeof value}`);
}
