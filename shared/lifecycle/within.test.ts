import { describe, expect, it } from 'vitest';
import { systemClock } from './clock.js';
import { within } from './within.js';

const never = new Promise<never>(() => {});

describe('within', () => {
  it('gives the result of work that is done in time, and no longer waits for the limit', async () => {
    let signal: AbortSignal | undefined;
    const clock = {
      ...systemClock,
      sleep: (_ms: number, end?: AbortSignal) => {
        signal = end;
        return never;
      },
    };

    expect(await within(Promise.resolve('done'), 1_000_000, clock)).toBe('done');
    expect(signal?.aborted).toBe(true);
  });

  it('gives nothing for work that takes too long', async () => {
    expect(await within(never, 1, systemClock)).toBeUndefined();
  });

  it('fails as the work does', async () => {
    await expect(within(Promise.reject(new Error('broken')), 1_000, systemClock)).rejects.toThrow('broken');
  });
});
