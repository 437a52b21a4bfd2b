/**
 * A part of a process that is started and stopped in order. `start` resolves when the part is usable; `stop`
 * finishes what was begun and releases everything, also after a start that failed half-way. `failed`, where
 * present, settles only when the part breaks after its start and cannot mend itself.
 */
export interface Component {
  readonly name: string;
  /** The signal aborts when the process is asked to end while it still starts. */
  start(signal: AbortSignal): Promise<void>;
  /** The signal aborts when the time for stopping is over. */
  stop(signal: AbortSignal): Promise<void>;
  readonly failed?: Promise<never>;
}
