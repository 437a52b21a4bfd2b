import { describe, expect, it } from 'vitest';
import { CoalescedRun } from './coalesced-run.js';

function aRun() {
  const ends: (() => void)[] = [];
  let running = 0;
  let mostAtOnce = 0;
  const coalesced = new CoalescedRun(async () => {
    running++;
    mostAtOnce = Math.max(mostAtOnce, running);
    await new Promise<void>((resolve) => ends.push(resolve));
    running--;
  });
  const settle = () => new Promise((resolve) => setImmediate(resolve));
  return { coalesced, ends, settle, mostAtOnce: () => mostAtOnce };
}

describe('CoalescedRun', () => {
  it('lets all who come during a run share the next one', async () => {
    const { coalesced, ends, settle, mostAtOnce } = aRun();
    const first = coalesced.run();
    const later = [coalesced.run(), coalesced.run(), coalesced.run()];

    ends[0]?.();
    await first;
    await settle();
    ends[1]?.();
    await Promise.all(later);

    expect(ends).toHaveLength(2);
    expect(mostAtOnce()).toBe(1);
  });

  it('begins anew for each who comes while nothing runs', async () => {
    const { coalesced, ends } = aRun();

    for (const round of [0, 1, 2]) {
      const run = coalesced.run();
      ends[round]?.();
      await run;
    }

    expect(ends).toHaveLength(3);
  });

  it('goes on after a run that failed', async () => {
    let runs = 0;
    const coalesced = new CoalescedRun(async () => {
      runs++;
      if (runs === 1) throw new Error('broken');
    });

    const first = coalesced.run();
    const second = coalesced.run();

    await expect(first).rejects.toThrow('broken');
    await expect(second).resolves.toBeUndefined();
  });
});
