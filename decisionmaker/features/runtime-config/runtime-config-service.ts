import { DomainError, messageOf } from '../../../shared/domain/domain-error.js';
import { OneByOne } from '../../../shared/lifecycle/one-by-one.js';
import type { Logger } from '../../../shared/observability/logger.js';
import {
  type RuntimeConfig,
  type RuntimeStatus,
  runtimeConfigFaults,
  statusOfApplied,
  withMode,
} from '../../domain/runtime-config.js';
import type { SchedulerDaemon } from '../../ports/scheduler-daemon.js';

/** The public text of every failure (contract 2.8). */
const FAILED = 'Failed to apply runtime config';

/** Hands the scheduler's daemon its configuration, and tells what it runs with. */
export class RuntimeConfigService {
  readonly #daemon: SchedulerDaemon;
  readonly #logger: Logger;
  readonly #changes = new OneByOne('the runtime config');
  #applied: RuntimeConfig | undefined;

  constructor(daemon: SchedulerDaemon, logger: Logger) {
    this.#daemon = daemon;
    this.#logger = logger;
  }

  /** Rejects with `malformed`, which the public API has for every failure, and the reason in the details. */
  async apply(posted: RuntimeConfig, signal: AbortSignal): Promise<void> {
    const config = withMode(posted);
    const details = runtimeConfigFaults(config);
    if (details.length > 0) throw new DomainError('malformed', FAILED, { details });
    await this.#changes.run(async () => {
      try {
        await this.#daemon.apply(config, signal);
      } catch (error) {
        const reason = messageOf(error);
        this.#logger.warn(
          { configVersion: config.configVersion, reason },
          'a runtime config was not applied',
        );
        throw new DomainError('malformed', FAILED, { details: [{ field: '', reason }], cause: error });
      }
      this.#applied = config;
      const { configVersion, mode } = config;
      this.#logger.info({ configVersion, mode }, 'the scheduler’s daemon took a runtime config');
    });
  }

  /** The daemon's own word; where it has none, what this agent last applied. */
  async status(signal: AbortSignal): Promise<RuntimeStatus> {
    try {
      return await this.#daemon.status(signal);
    } catch (error) {
      this.#logger.debug({ reason: messageOf(error) }, 'the scheduler’s daemon tells no status');
      return statusOfApplied(this.#applied);
    }
  }
}
