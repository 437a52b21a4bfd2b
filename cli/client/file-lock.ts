import { open, readdir, readFile, stat, unlink, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import path from 'node:path';
import { DomainError } from '../../shared/domain/domain-error.js';
import { errnoOf } from '../../shared/files/read-if-present.js';
import { type Clock, systemClock } from '../../shared/lifecycle/clock.js';

const POLL_INTERVAL_MS = 30;
/** Longer than any work under a lock: older than this, a holder that cannot be asked is gone. */
const STALE_AFTER_MS = 120_000;
const FREE = 'free';

interface Holder {
  readonly host: string;
  readonly pid: number;
}

/**
 * Does the work while no other program works under the same name. A holder that was killed is noticed by its pid.
 *
 * The lock is a row of numbered files beside the file, of which the newest counts. Each holder makes the next number,
 * which only one can, and whoever makes a number finds out whether it is the newest: so two programs that find a dead
 * holder at one time can never both take its place, as they could by deleting one lock file and making it anew.
 */
export async function withFileLock<Result>(
  file: string,
  waitMs: number,
  work: () => Promise<Result>,
  clock: Clock = systemClock,
): Promise<Result> {
  const deadlineMs = clock.monotonicMs() + waitMs;
  for (;;) {
    const newest = await newestLock(file, clock);
    if (newest.isFree) {
      const own = newest.number + 1;
      if (await taken(file, own)) return await heldDuring(file, own, work);
    }
    if (clock.monotonicMs() > deadlineMs) {
      throw new DomainError(
        'unavailable',
        `${lockFile(file, newest.number)} is held by another podium command${heldBy(newest.holder)} for more than ` +
          `${Math.round(waitMs / 1_000)} s: wait for it, or delete the file when there is none`,
      );
    }
    await clock.sleep(POLL_INTERVAL_MS);
  }
}

async function heldDuring<Result>(
  file: string,
  number: number,
  work: () => Promise<Result>,
): Promise<Result> {
  try {
    return await work();
  } finally {
    await writeFile(lockFile(file, number), FREE);
  }
}

interface Lock {
  /** 0 = there has never been one. */
  readonly number: number;
  readonly isFree: boolean;
  readonly holder: Holder | undefined;
}

async function newestLock(file: string, clock: Clock): Promise<Lock> {
  const number = Math.max(0, ...(await lockNumbers(file)));
  if (number === 0) return { number, isFree: true, holder: undefined };
  try {
    const name = lockFile(file, number);
    const [text, { mtimeMs }] = await Promise.all([readFile(name, 'utf8'), stat(name)]);
    const holder = holderOf(text);
    const isFree = text === FREE || clock.now() - mtimeMs > STALE_AFTER_MS || isGone(holder);
    return { number, isFree, holder };
  } catch (error) {
    // Cleared away by the holder of the next one.
    if (errnoOf(error) === 'ENOENT') return { number, isFree: false, holder: undefined };
    throw error;
  }
}

/** Whether the number became ours, and is the newest. */
async function taken(file: string, number: number): Promise<boolean> {
  try {
    const handle = await open(lockFile(file, number), 'wx', 0o600);
    try {
      await handle.writeFile(JSON.stringify({ host: hostname(), pid: process.pid } satisfies Holder));
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (errnoOf(error) === 'EEXIST') return false;
    throw error;
  }
  const others = (await lockNumbers(file)).filter((other) => other !== number);
  const isNewest = others.every((other) => other < number);
  const old = isNewest ? others : [number];
  await Promise.all(old.map((other) => unlink(lockFile(file, other)).catch(() => {})));
  return isNewest;
}

async function lockNumbers(file: string): Promise<readonly number[]> {
  const prefix = path.basename(lockFile(file, ''));
  const names = await readdir(path.dirname(file));
  return names
    .filter((name) => name.startsWith(prefix) && /^\d{1,15}$/.test(name.slice(prefix.length)))
    .map((name) => Number(name.slice(prefix.length)));
}

function lockFile(file: string, number: number | ''): string {
  return `${file}.lock.${number}`;
}

/** Undefined while it is being written, and for what is not ours. */
function holderOf(text: string): Holder | undefined {
  try {
    const { host, pid } = JSON.parse(text) as Partial<Holder>;
    return typeof host === 'string' && Number.isInteger(pid) ? { host, pid: Number(pid) } : undefined;
  } catch {
    return undefined;
  }
}

/** Whether the holder is a process of this machine that is no more. */
function isGone(holder: Holder | undefined): boolean {
  if (holder === undefined || holder.host !== hostname()) return false;
  try {
    process.kill(holder.pid, 0);
    return false;
  } catch (error) {
    return errnoOf(error) === 'ESRCH';
  }
}

function heldBy(holder: Holder | undefined): string {
  return holder === undefined ? '' : ` (pid ${holder.pid} on ${holder.host})`;
}
