import { isLosslessNumber, parse } from 'lossless-json';

/** What the scheduler's client makes of an answer to its poll. */
export interface PollResult {
  /** It drops the answer and keeps what it has. */
  readonly isError: boolean;
  /** It keeps what it has, without an error. */
  readonly isNil: boolean;
  readonly items: readonly PolledItem[];
}

export interface PolledItem {
  readonly priority: bigint;
  readonly execution_time: bigint;
  readonly pid: bigint;
}

const KEEPS = { isError: false, isNil: true, items: [] } as const;
const DROPS = { isError: true, isNil: true, items: [] } as const;

const INT64 = [-(2n ** 63n), 2n ** 63n - 1n] as const;
const UINT64 = [0n, 2n ** 64n - 1n] as const;

/**
 * Reads an answer as the client of release 0.6.0 and later does (contract 3.3): the status does not count, keys
 * match in any case, null and missing are zero, numbers must be written as plain integers in range, one value of
 * the wrong type drops the whole answer, and so does anything after the JSON value.
 */
export function pollResult(text: string): PollResult {
  let answer: unknown;
  try {
    answer = parse(text);
  } catch {
    return DROPS;
  }
  try {
    const { success, scheduling } = fieldsOf(answer, ['success', 'scheduling']);
    if (success !== undefined && typeof success !== 'boolean') return DROPS;
    if (scheduling !== undefined && !Array.isArray(scheduling)) return DROPS;
    const items = scheduling?.map(itemOf);
    return success !== true || items === undefined ? KEEPS : { isError: false, isNil: false, items };
  } catch {
    return DROPS;
  }
}

function itemOf(value: unknown): PolledItem {
  const fields = fieldsOf(value, ['priority', 'execution_time', 'pid']);
  return {
    priority: integerOf(fields.priority, INT64),
    execution_time: integerOf(fields.execution_time, UINT64),
    pid: integerOf(fields.pid, INT64),
  };
}

function integerOf(value: unknown, [least, most]: readonly [bigint, bigint]): bigint {
  if (value === undefined) return 0n;
  if (!isLosslessNumber(value) || !/^-?\d+$/.test(value.value)) throw new TypeError('not an integer');
  const integer = BigInt(value.value);
  if (integer < least || integer > most) throw new RangeError('out of range');
  return integer;
}

/** The named fields of an object, whatever the case of its keys; null counts as missing. */
function fieldsOf(value: unknown, names: readonly string[]): Readonly<Record<string, unknown>> {
  if (value === null) return {};
  if (typeof value !== 'object' || Array.isArray(value)) throw new TypeError('not an object');
  const entries = Object.entries(value).filter(([, field]) => field !== null);
  return Object.fromEntries(
    names.map((name) => [name, entries.findLast(([key]) => key.toLowerCase() === name)?.[1]]),
  );
}
