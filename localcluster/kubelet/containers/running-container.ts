import { constants } from 'node:os';
import { messageOf } from '../../../shared/domain/domain-error.js';
import type { Clock } from '../../../shared/lifecycle/clock.js';
import type { Logger } from '../../../shared/observability/logger.js';
import type { CgroupBackend } from '../cgroups/cgroup-backend.js';
import { START_ERROR, type Termination } from '../domain/container-record.js';
import type { LogFile } from '../logs/log-file.js';
import { OutputRecorder } from '../logs/output-recorder.js';
import { ContainerProcess, type ProcessEnd } from './container-process.js';
import { type Launch, startFailure } from './launcher.js';

export interface RunOptions {
  readonly containerId: string;
  /** Path of the container's group, which exists and is empty. */
  readonly group: string;
  readonly launch: Launch;
  /** Owned from here on. */
  readonly log: LogFile;
  readonly backend: CgroupBackend;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Longest wait for output that is still on its way when all processes are gone. */
const OUTPUT_WITHIN_MS = 500;
/** What containerd gives a container that could not be started. */
const START_ERROR_CODE = 128;

/**
 * One run of a container, from the start of its first process to the removal of its group. When the first process
 * ends, so does everything else in the group, as with a PID namespace.
 */
export class RunningContainer {
  readonly containerId: string;
  readonly startedAtMs: number;
  readonly log: LogFile;
  /** Settles when nothing of it is left; never rejects. */
  readonly ended: Promise<Termination>;
  readonly #options: RunOptions;
  readonly #process: ContainerProcess;

  /** Throws when the system refuses the command line itself. */
  constructor(options: RunOptions) {
    const { containerId, group, launch, backend, clock } = options;
    this.#options = options;
    this.containerId = containerId;
    this.log = options.log;
    this.#process = new ContainerProcess(launch);
    this.startedAtMs = clock.now();
    if (this.#process.pid !== undefined) backend.entered(group, containerId, this.#process.pid);
    this.ended = this.#end(new OutputRecorder(this.#process, options.log, clock, options.logger));
  }

  /** Asks the first process to end. */
  terminate(): void {
    this.#process.signal('SIGTERM');
  }

  async #end(output: OutputRecorder): Promise<Termination> {
    const end = await this.#process.ended;
    const finishedAtMs = this.#options.clock.now();
    await this.#tryTo('kill what is left of a container', () => this.#killRest());
    await output.finish(OUTPUT_WITHIN_MS);
    await this.#tryTo('remove the group of a container', () => this.#removeGroup());
    await this.#tryTo('close the log of a container', () => this.log.close());
    return {
      containerId: this.containerId,
      startedAtMs: this.startedAtMs,
      finishedAtMs,
      ...howItEnded(this.containerId, end, output.standardError),
    };
  }

  #killRest(): Promise<void> {
    return this.#options.backend.kill(this.#options.group);
  }

  #removeGroup(): Promise<void> {
    return this.#options.backend.remove(this.#options.group);
  }

  async #tryTo(purpose: string, step: () => Promise<void>): Promise<void> {
    try {
      await step();
    } catch (error) {
      const fields = { purpose, containerId: this.containerId, error: messageOf(error) };
      this.#options.logger.error(fields, 'container not cleaned up completely');
    }
  }
}

type Ending = Pick<Termination, 'exitCode' | 'reason' | 'signal' | 'message'>;

function howItEnded(containerId: string, end: ProcessEnd, standardError: string): Ending {
  if ('spawnError' in end) return startError(end.spawnError);
  if ('signal' in end) {
    const signal = constants.signals[end.signal];
    return { exitCode: 128 + signal, signal, reason: 'Error' };
  }
  const failure = startFailure(containerId, end.code, standardError);
  if (failure !== undefined) return startError(failure);
  return { exitCode: end.code, reason: end.code === 0 ? 'Completed' : 'Error' };
}

/** The end of a container whose program never ran. */
export function startError(message: string): Ending {
  return { exitCode: START_ERROR_CODE, reason: START_ERROR, message: `failed to start: ${message}` };
}
