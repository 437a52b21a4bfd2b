import { describe, expect, it } from 'vitest';
import { WakeUp } from './wake-up.js';

describe('WakeUp', () => {
  it('keeps one request that comes while nobody waits, however often it comes', async () => {
    const wakeUp = new WakeUp();
    const never = new AbortController().signal;
    wakeUp.request();
    wakeUp.request();

    await wakeUp.next(never);
    const second = wakeUp.next(never).then(() => 'woken');
    const early = await Promise.race([second, Promise.resolve('still waiting')]);
    wakeUp.request();

    expect(early).toBe('still waiting');
    expect(await second).toBe('woken');
  });

  it('wakes after its limit and when the signal aborts', async () => {
    const wakeUp = new WakeUp();
    const end = new AbortController();

    await wakeUp.next(end.signal, 1);
    const waiting = wakeUp.next(end.signal);
    end.abort();

    await expect(waiting).resolves.toBeUndefined();
    await expect(wakeUp.next(end.signal)).resolves.toBeUndefined();
  });
});
