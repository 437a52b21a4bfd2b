import {
  DEFAULT_PRIORITY,
  LONGEST_SLICE_NS,
  SHORTEST_SLICE_NS,
  STRONGEST_PRIORITY,
  WEAKEST_PRIORITY,
} from '../../shared/domain/scheduling-values.js';

/** The numbers as a first-generation manager posted them, in decimal, since they may be beyond 2^53. */
export interface PostedNumbers {
  readonly priority: string;
  readonly executionTime: string;
}

export interface AdoptedNumbers {
  readonly priority: number;
  /** Nanoseconds; 0 = default slice. */
  readonly executionTime: number;
  /** Only where others decide: the public root is over these (DESIGN 9). */
  readonly posted?: PostedNumbers;
}

/** Brings posted numbers into range and keeps them beside the result where it differs. */
export function adoptNumbers(numbers: {
  readonly priority?: number | bigint | undefined;
  readonly executionTime?: number | bigint | undefined;
}): AdoptedNumbers {
  const priority = adoptedPriority(numbers.priority);
  const executionTime = adoptedSliceNs(numbers.executionTime);
  // Only a first-generation agent's zero for what is missing makes the root the same on both sides.
  const posted = {
    priority: String(numbers.priority ?? 0),
    executionTime: String(numbers.executionTime ?? 0),
  };
  const isAsPosted = posted.priority === String(priority) && posted.executionTime === String(executionTime);
  return isAsPosted ? { priority, executionTime } : { priority, executionTime, posted };
}

/** The numbers that the public root is over. */
export function numbersAsPosted({ priority, executionTime, posted }: AdoptedNumbers): {
  readonly priority: number | bigint;
  readonly executionTime: number | bigint;
} {
  if (posted === undefined) return { priority, executionTime };
  return { priority: BigInt(posted.priority), executionTime: BigInt(posted.executionTime) };
}

/** Missing counts as 10, below 0 as 0, above 20 as 20. */
export function adoptedPriority(posted: number | bigint | undefined): number {
  if (posted === undefined) return DEFAULT_PRIORITY;
  return Math.min(Math.max(Number(posted), STRONGEST_PRIORITY), WEAKEST_PRIORITY);
}

/** Missing, 0 and below count as 0, the default slice; the rest is brought into range. Nanoseconds. */
export function adoptedSliceNs(posted: number | bigint | undefined): number {
  const sliceNs = Number(posted ?? 0);
  return sliceNs <= 0 ? 0 : Math.min(Math.max(sliceNs, SHORTEST_SLICE_NS), LONGEST_SLICE_NS);
}
