import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { DatabaseSync } from '@photostructure/sqlite';

const POLL_INTERVAL_MS = 50;

/**
 * Does the work while no other holder of the same lock file works, in this process or another. Waits for its
 * turn, and rejects when that has not come after `waitMs`.
 */
export async function withProcessLock<T>(file: string, waitMs: number, work: () => Promise<T>): Promise<T> {
  await mkdir(path.dirname(file), { recursive: true });
  // Of what we depend on, only SQLite locks between processes in a way that ends when the holder is killed.
  const database = new DatabaseSync(file, { timeout: 0 });
  try {
    const deadline = performance.now() + waitMs;
    while (!tryLock(database)) {
      if (performance.now() > deadline) throw new Error(`${file} is still locked after ${waitMs} ms`);
      await sleep(POLL_INTERVAL_MS);
    }
    return await work();
  } finally {
    database.close();
  }
}

function tryLock(database: InstanceType<typeof DatabaseSync>): boolean {
  try {
    database.exec('BEGIN EXCLUSIVE');
    return true;
  } catch (error) {
    if (String(error).includes('database is locked')) return false;
    throw error;
  }
}
