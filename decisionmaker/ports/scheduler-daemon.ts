import type { RuntimeConfig, RuntimeStatus } from '../domain/runtime-config.js';

/** The program beside the scheduler that starts it and writes its configuration. */
export interface SchedulerDaemon {
  /** Resolves when the daemon said yes. Rejects with `unavailable` and why when it did not, or not in time. */
  apply(config: RuntimeConfig, signal: AbortSignal): Promise<void>;
  /** Rejects with `unavailable` when the daemon cannot be asked. */
  status(signal: AbortSignal): Promise<RuntimeStatus>;
}
