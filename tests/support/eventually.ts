import { vi } from 'vitest';

/** Waits until an assertion holds, with patience for a machine that has other things to do. */
export function eventually<Result>(assertion: () => Result | Promise<Result>): Promise<Result> {
  return vi.waitFor(assertion, { timeout: 15_000, interval: 25 });
}
