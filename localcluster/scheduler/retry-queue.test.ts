import { describe, expect, it } from 'vitest';
import { RetryQueue } from './retry-queue.js';

const pod = { uid: 'u', generation: 1 };

describe('RetryQueue', () => {
  it('waits for a change, and then for the back-off', () => {
    const queue = new RetryQueue();

    expect(queue.isDue(pod, 0)).toBe(true);
    queue.failed(pod, 'change', 0, 1);
    expect(queue.isDue(pod, 10_000)).toBe(false);
    queue.changed();
    expect(queue.isDue(pod, 249)).toBe(false);
    expect(queue.isDue(pod, 250)).toBe(true);
  });

  it('doubles the back-off up to ten seconds', () => {
    const queue = new RetryQueue();
    const waits = [1, 2, 3, 4, 5, 6, 7, 8].map(() => {
      queue.failed(pod, 'back-off', 0, 1);
      return queue.nextDueInMs(0);
    });

    expect(waits).toEqual([250, 500, 1_000, 2_000, 4_000, 8_000, 10_000, 10_000]);
  });

  it('tries again when the pod itself has changed, and after a minute anyway', () => {
    const queue = new RetryQueue();
    queue.failed(pod, 'change', 0, 1);

    expect(queue.isDue({ ...pod, generation: 2 }, 250)).toBe(true);
    expect(queue.isDue(pod, 59_999)).toBe(false);
    expect(queue.isDue(pod, 60_000)).toBe(true);
    expect(queue.nextDueInMs(0)).toBe(60_000);
  });

  it('forgets pods that wait no more', () => {
    const queue = new RetryQueue();
    queue.failed(pod, 'change', 0, 1);

    queue.keepOnly(new Set(['other']));

    expect(queue.nextDueInMs(0)).toBeUndefined();
    expect(queue.isDue(pod, 0)).toBe(true);
  });
});
