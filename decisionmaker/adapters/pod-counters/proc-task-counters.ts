import type { Clock } from '../../../shared/lifecycle/clock.js';
import type { ProcessReading, TaskReading } from '../../domain/pod-counters.js';
import type { PodProcess } from '../../domain/pod-process.js';
import { isGone, parseProcStat } from '../../domain/proc-stat.js';
import {
  NO_COUNTS,
  parseSched,
  parseSchedstat,
  parseStatusSwitches,
  type Switches,
  type TaskCounters,
} from '../../domain/task-counters.js';
import type { TaskCounterSource } from '../../ports/task-counters.js';
import { NodeFiles } from '../processes/node-files.js';
import { ReadErrors } from '../processes/read-errors.js';
import { TimeSlice } from '../processes/time-slice.js';

/**
 * Counters from a procfs: schedstat and sched of each thread, because what /proc/PID/ itself shows is the main
 * thread's alone.
 */
export class ProcTaskCounters implements TaskCounterSource {
  readonly #root: string;
  readonly #clock: Clock;
  readonly #errors = new ReadErrors();
  readonly #files = new NodeFiles(this.#errors);
  #kernelHasSched = true;

  /** @param procRoot A mounted procfs, or a folder of its shape. */
  constructor(procRoot: string, clock: Clock) {
    this.#root = procRoot;
    this.#clock = clock;
  }

  async read(processes: Iterable<PodProcess>): Promise<readonly ProcessReading[]> {
    const slice = new TimeSlice(this.#clock);
    const readings: ProcessReading[] = [];
    for (const process of processes) {
      if (slice.isUsedUp()) await slice.next();
      const tasks = await this.#tasksOf(process, slice);
      if (tasks === 'ended') continue;
      const { podUid, pid, startTimeTicks } = process;
      readings.push({ podUid, pid, startTimeTicks, tasks });
    }
    return readings;
  }

  readErrors(): ReadonlyMap<string, number> {
    return this.#errors.byErrno();
  }

  async #tasksOf(
    process: PodProcess,
    slice: TimeSlice,
  ): Promise<readonly TaskReading[] | undefined | 'ended'> {
    const { pid, startTimeTicks } = process;
    const folder = `${this.#root}/${pid}`;
    const text = this.#files.text(`${folder}/stat`);
    if (text === undefined) return this.#files.lastFailureWasVanishing() ? 'ended' : undefined;
    const stat = parseProcStat(text);
    if (stat === undefined || isGone(stat) || stat.startTimeTicks !== startTimeTicks) return 'ended';
    const main: TaskReading = { tid: pid, startTimeTicks, counters: this.#countersIn(folder) };
    return stat.threadCount > 1 ? this.#withThreads(main, slice) : [main];
  }

  async #withThreads(main: TaskReading, slice: TimeSlice): Promise<readonly TaskReading[] | undefined> {
    const folder = `${this.#root}/${main.tid}/task`;
    const names = this.#files.names(folder);
    if (names === undefined) return undefined;
    const tasks = [main];
    for (const name of names) {
      if (slice.isUsedUp()) await slice.next();
      const tid = Number(name);
      const stat = tid === main.tid ? undefined : this.#files.text(`${folder}/${name}/stat`);
      const startTimeTicks = stat === undefined ? undefined : parseProcStat(stat)?.startTimeTicks;
      if (startTimeTicks === undefined) continue;
      tasks.push({ tid, startTimeTicks, counters: this.#countersIn(`${folder}/${name}`) });
    }
    return tasks;
  }

  /** Undefined when nothing could be read; numbers that this kernel does not tell are 0. */
  #countersIn(folder: string): TaskCounters | undefined {
    const runTimes = parseSchedstat(this.#files.text(`${folder}/schedstat`) ?? '');
    const switches = this.#switchesIn(folder);
    if (runTimes === undefined && switches === undefined) return undefined;
    return { ...NO_COUNTS, ...runTimes, ...switches };
  }

  #switchesIn(folder: string): Switches | undefined {
    const sched = this.#kernelHasSched ? this.#files.text(`${folder}/sched`) : undefined;
    const isMissing = sched === undefined && this.#kernelHasSched && this.#files.lastFailureWasVanishing();
    if (sched !== undefined) return parseSched(sched);
    const switches = parseStatusSwitches(this.#files.text(`${folder}/status`) ?? '');
    // There is a task and it has no such file: the kernel was built without CONFIG_SCHED_DEBUG (defect 89).
    if (isMissing && switches !== undefined) this.#kernelHasSched = false;
    return switches;
  }
}
