import { z } from '@hono/zod-openapi';

const INT64_MIN = -(2n ** 63n);
const INT64_MAX = 2n ** 63n - 1n;
const UINT64_MAX = 2n ** 64n - 1n;

function within(value: unknown, least: bigint, most: bigint): boolean {
  if (typeof value === 'bigint') return value >= least && value <= most;
  return typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most;
}

/**
 * A JSON integer that fits Go's int64, as a bigint only where a double cannot hold it. Rules about the range
 * that makes sense come later, so that a wrong type is a 400 and a wrong value a 422.
 */
export function int64() {
  return z
    .custom<number | bigint>((value) => within(value, INT64_MIN, INT64_MAX), 'expected an integer')
    .openapi({ type: 'integer', format: 'int64' });
}

/** A JSON integer that fits Go's uint64, rounded to the nearest double. */
export function uint64() {
  return z
    .custom<number | bigint>((value) => within(value, 0n, UINT64_MAX), 'expected an integer from 0 to 2^64-1')
    .transform(Number)
    .openapi({ type: 'integer', format: 'int64', minimum: 0 });
}
