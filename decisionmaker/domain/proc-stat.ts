/** What we use of /proc/PID/stat (proc_pid_stat(5)). */
export interface ProcStat {
  /** At most 15 bytes; a process may change it at any time. */
  readonly comm: string;
  /** One letter, such as R, S or Z (zombie). */
  readonly state: string;
  readonly parentPid: number;
  readonly sessionId: number;
  readonly isKernelThread: boolean;
  readonly threadCount: number;
  /** Clock ticks after boot. With the pid it is the identity of a process: pids are used again. */
  readonly startTimeTicks: number;
}

/** PF_KTHREAD of the kernel's include/linux/sched.h. */
const KERNEL_THREAD_FLAG = 0x0020_0000;

/** The fields after the comm, by their number in proc_pid_stat(5). */
const FIELD = { state: 3, parentPid: 4, session: 6, flags: 9, threadCount: 20, startTime: 22 } as const;

/** Reads the text of /proc/PID/stat; undefined when it is cut short or is something else. */
export function parseProcStat(text: string): ProcStat | undefined {
  const open = text.indexOf('(');
  // The comm may hold blanks and brackets itself, so the fields begin after the last bracket.
  const close = text.lastIndexOf(')');
  if (open === -1 || close < open) return undefined;
  const fields = text
    .slice(close + 2)
    .trimEnd()
    .split(' ');
  const field = (number: number) => fields[number - FIELD.state] ?? '';
  const integer = (number: number) => (/^-?\d+$/.test(field(number)) ? Number(field(number)) : Number.NaN);
  const stat = {
    comm: unescapeComm(text.slice(open + 1, close)),
    state: field(FIELD.state),
    parentPid: integer(FIELD.parentPid),
    sessionId: integer(FIELD.session),
    // The field is unsigned with 32 bits; `&` would make it signed, which does not matter for one bit.
    isKernelThread: (integer(FIELD.flags) & KERNEL_THREAD_FLAG) !== 0,
    threadCount: integer(FIELD.threadCount),
    startTimeTicks: integer(FIELD.startTime),
  };
  return Number.isNaN(stat.parentPid + stat.threadCount + stat.startTimeTicks) ? undefined : stat;
}

/** The kernel escapes line feeds and backslashes here, and nothing else, unlike in /proc/PID/comm. */
function unescapeComm(escaped: string): string {
  return escaped.replace(/\\[n\\]/g, (pair) => (pair === '\\n' ? '\n' : '\\'));
}

/** A zombie without living threads runs nothing any more. */
export function isGone(stat: ProcStat): boolean {
  return (stat.state === 'Z' || stat.state === 'X') && stat.threadCount <= 1;
}
