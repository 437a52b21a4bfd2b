import { getEventListeners } from 'node:events';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { TimeLimitReached, withinTime } from './within-time.js';

/** Work that only its signal ends, as a call to a program that hangs. */
function untilAborted(limited: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    limited.addEventListener('abort', () => reject(limited.reason));
    if (limited.aborted) reject(limited.reason);
  });
}

describe('withinTime', () => {
  it('gives back what came of the work, and leaves nothing behind', async () => {
    const caller = new AbortController();

    expect(await withinTime(60_000, caller.signal, async () => 7)).toBe(7);
    await expect(withinTime(60_000, caller.signal, () => Promise.reject(new Error('no')))).rejects.toThrow(
      'no',
    );

    expect(getEventListeners(caller.signal, 'abort')).toEqual([]);
  });

  it('ends the work after the limit', async () => {
    const attempt = withinTime(10, new AbortController().signal, untilAborted);

    await expect(attempt).rejects.toThrow(new TimeLimitReached(10));
  });

  it('ends the work with the caller, also one that has ended before', async () => {
    const caller = new AbortController();
    const attempt = withinTime(60_000, caller.signal, untilAborted);
    caller.abort(new Error('stopped'));

    await expect(attempt).rejects.toThrow('stopped');
    await expect(withinTime(60_000, caller.signal, untilAborted)).rejects.toThrow('stopped');
  });

  it('ends the work although memory was collected meanwhile', async () => {
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    const collector = setInterval(collect, 20);
    const attempt = withinTime(200, new AbortController().signal, untilAborted);

    await expect(attempt).rejects.toThrow(TimeLimitReached);
    clearInterval(collector);
  });
});
