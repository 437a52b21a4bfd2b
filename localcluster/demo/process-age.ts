import { readFile } from 'node:fs/promises';

/** Clock ticks of /proc are hundredths of a second on every Linux that Node runs on (proc(5), USER_HZ). */
const TICKS_PER_SECOND = 100;

/** Milliseconds since the kernel started a process; undefined when it is gone. */
export async function processAgeMs(pid: number): Promise<number | undefined> {
  try {
    const [stat, uptime] = await Promise.all([
      readFile(`/proc/${pid}/stat`, 'utf8'),
      readFile('/proc/uptime', 'utf8'),
    ]);
    // The command may hold blanks and brackets: fields count from the last bracket, and 22 is the start time.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const startedSec = Number(fields[19]) / TICKS_PER_SECOND;
    return (Number(uptime.split(' ')[0]) - startedSec) * 1_000;
  } catch {
    return undefined;
  }
}
