import type { Clock } from './clock.js';

/** The result of some work, or undefined when it takes longer than the limit, in milliseconds; rejects as the work does. */
export async function within<Result>(
  work: Promise<Result>,
  limitMs: number,
  clock: Clock,
): Promise<Result | undefined> {
  const isOver = new AbortController();
  const limit = clock.sleep(limitMs, isOver.signal).then(() => undefined);
  try {
    return await Promise.race([work, limit]);
  } finally {
    isOver.abort();
  }
}
