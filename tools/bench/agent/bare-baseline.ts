import { closeSync, openSync, readdirSync, readSync } from 'node:fs';
import { median } from '../figures.js';

const buffer = Buffer.allocUnsafe(64 * 1024);

function readWhole(file: string): void {
  try {
    const descriptor = openSync(file, 'r');
    while (readSync(descriptor, buffer, 0, buffer.length, null) > 0);
    closeSync(descriptor);
  } catch {
    // It ended meanwhile.
  }
}

function processFolders(): string[] {
  return readdirSync('/proc').filter((name) => /^\d/.test(name));
}

/** Medians in milliseconds of what a scan costs that keeps nothing: the kernel's share, which no agent can avoid. */
export function bareBaseline(rounds: number) {
  const timed = (work: () => void) =>
    median(
      Array.from({ length: rounds }, () => {
        const startedAtMs = performance.now();
        work();
        return performance.now() - startedAtMs;
      }),
    );
  return {
    readdirMs: timed(() => processFolders()),
    readCgroupsMs: timed(() => {
      for (const pid of processFolders()) readWhole(`/proc/${pid}/cgroup`);
    }),
  };
}
