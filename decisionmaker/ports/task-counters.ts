import type { ProcessReading } from '../domain/pod-counters.js';
import type { PodProcess } from '../domain/pod-process.js';

/** What the kernel counts about processes and their threads. */
export interface TaskCounterSource {
  /** One reading for each of the processes that still is the one it was. Never rejects. One call at a time. */
  read(processes: Iterable<PodProcess>): Promise<readonly ProcessReading[]>;
  /** Failed reads since the start by the system's name of the failure; ended processes are among them. */
  readErrors(): ReadonlyMap<string, number>;
}
