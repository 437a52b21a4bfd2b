import { setTimeout as sleep } from 'node:timers/promises';

interface Versioned {
  readonly revision: number;
}

/** About what one change takes: with it, losers spread out enough for the others to win, and no more. */
const PAUSE_PER_RACER_MS = 8;

let racers = 0;

/**
 * Reads, changes and replaces until it wins, as every service does. All begin at once; whoever has lost waits a little,
 * as a real client does, or a slow server would be busy with the readings of those who lose.
 */
export async function changeUntilDone<Value extends Versioned>(
  read: () => Promise<Value | undefined>,
  replace: (value: Value, expectedRevision: number) => Promise<boolean>,
  change: (value: Value) => Value,
): Promise<void> {
  racers++;
  try {
    for (;;) {
      const found = await read();
      if (found === undefined) throw new Error('what is changed is gone');
      if (await replace({ ...change(found), revision: found.revision + 1 }, found.revision)) return;
      await sleep(Math.random() * racers * PAUSE_PER_RACER_MS);
    }
  } finally {
    racers--;
  }
}
