/** What the kernel counts about a task, since it began; all non-negative and never falling. */
export interface TaskCounters {
  /** The task gave the CPU away itself. */
  readonly voluntarySwitches: number;
  /** The scheduler took the CPU away. */
  readonly involuntarySwitches: number;
  /** Nanoseconds on a CPU. */
  readonly cpuTimeNs: number;
  /** Nanoseconds runnable, waiting for a CPU. */
  readonly waitTimeNs: number;
  /** Times it was put on a CPU. */
  readonly runCount: number;
  /** Moves to another CPU; 0 where the kernel does not tell. */
  readonly cpuMigrations: number;
}

export const NO_COUNTS: TaskCounters = {
  voluntarySwitches: 0,
  involuntarySwitches: 0,
  cpuTimeNs: 0,
  waitTimeNs: 0,
  runCount: 0,
  cpuMigrations: 0,
};

export type RunTimes = Pick<TaskCounters, 'cpuTimeNs' | 'waitTimeNs' | 'runCount'>;
export type Switches = Pick<TaskCounters, 'voluntarySwitches' | 'involuntarySwitches' | 'cpuMigrations'>;

/** Reads /proc/PID/schedstat: three numbers (Documentation/scheduler/sched-stats.rst); undefined for anything else. */
export function parseSchedstat(text: string): RunTimes | undefined {
  const match = /^(\d+) (\d+) (\d+)\s*$/.exec(text);
  if (match === null) return undefined;
  const [cpuTimeNs, waitTimeNs, runCount] = match.slice(1).map(Number) as [number, number, number];
  return { cpuTimeNs, waitTimeNs, runCount };
}

/** Reads /proc/PID/sched, which kernels without CONFIG_SCHED_DEBUG do not have. */
export function parseSched(text: string): Switches | undefined {
  const voluntarySwitches = numberAfter(text, 'nr_voluntary_switches');
  const involuntarySwitches = numberAfter(text, 'nr_involuntary_switches');
  if (voluntarySwitches === undefined || involuntarySwitches === undefined) return undefined;
  return {
    voluntarySwitches,
    involuntarySwitches,
    cpuMigrations: numberAfter(text, 'se.nr_migrations') ?? 0,
  };
}

/** Reads the switches in /proc/PID/status, which tells no migrations. */
export function parseStatusSwitches(text: string): Switches | undefined {
  const voluntarySwitches = numberAfter(text, 'voluntary_ctxt_switches');
  const involuntarySwitches = numberAfter(text, 'nonvoluntary_ctxt_switches');
  if (voluntarySwitches === undefined || involuntarySwitches === undefined) return undefined;
  return { voluntarySwitches, involuntarySwitches, cpuMigrations: 0 };
}

/**
 * The number of a line `KEY : NUMBER`. The comm stands in these files too, in one of them with its line feeds as
 * they are, but its 15 bytes are too few to hold any of the keys.
 */
function numberAfter(text: string, key: string): number | undefined {
  const at = text.indexOf(`\n${key}`);
  if (at === -1) return undefined;
  const match = /^\s*:\s*(\d+)\s*$/.exec(text.slice(at + 1 + key.length).split('\n', 1)[0] ?? '');
  return match === null ? undefined : Number(match[1]);
}
