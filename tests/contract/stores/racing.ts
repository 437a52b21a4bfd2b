import { setTimeout as sleep } from 'node:timers/promises';

interface Versioned {
  readonly revision: number;
}

/** Writers that race without a pause would mostly lose; a real client waits a little longer after each loss. */
const LONGEST_PAUSE_MS = 3_000;

/** Reads, changes and replaces until it wins, as every service does. */
export async function changeUntilDone<Value extends Versioned>(
  read: () => Promise<Value | undefined>,
  replace: (value: Value, expectedRevision: number) => Promise<boolean>,
  change: (value: Value) => Value,
): Promise<void> {
  for (let pauseMs = 2; ; pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)) {
    const found = await read();
    if (found === undefined) throw new Error('what is changed is gone');
    if (await replace({ ...change(found), revision: found.revision + 1 }, found.revision)) return;
    await sleep(Math.random() * pauseMs);
  }
}
