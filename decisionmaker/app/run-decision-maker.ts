import path from 'node:path';
import { loadDecisionMakerConfig } from '../../config/decisionmaker-config.js';
import { packageRoot } from '../../shared/files/package-root.js';
import { endOnSignals } from '../../shared/lifecycle/process-signals.js';
import { type LifecycleEvent, runComponents } from '../../shared/lifecycle/run-components.js';
import type { Logger } from '../../shared/observability/logger.js';
import { createDecisionMaker } from './create-decision-maker.js';

export interface DecisionMakerArguments {
  /** Name of the configuration file without `.toml`; `dm_config` unless told otherwise. */
  readonly configName?: string | undefined;
  /** Folder of the configuration file; the shipped one unless told otherwise. */
  readonly configFolder?: string | undefined;
}

/** A request may take this long to end, and so may a write. */
const STOP_TIMEOUT_MS = 5_000;

/**
 * Runs the agent until the signal aborts, or without one until SIGINT or SIGTERM, and then drains it. Rejects with
 * a DomainError that says everything when it cannot start: a bad configuration with every fault, a state folder
 * that cannot be written, a port that is taken.
 */
export async function runDecisionMaker(
  options: DecisionMakerArguments = {},
  signal: AbortSignal = endOnSignals(),
): Promise<void> {
  const config = await loadDecisionMakerConfig({
    name: options.configName,
    folder: options.configFolder,
    fallbackFolder: path.join(packageRoot(), 'config'),
    environment: process.env,
  });
  const { components, logger } = createDecisionMaker(config);
  await runComponents(components, signal, {
    stopTimeoutMs: STOP_TIMEOUT_MS,
    onEvent: (event) => logEvent(logger, event),
    onReady: () => logger.info({ sinceProcessStartMs: Math.round(performance.now()) }, 'ready'),
  });
}

function logEvent(logger: Logger, event: LifecycleEvent): void {
  if (event.kind === 'stop failed') logger.error({ ...event }, 'a part did not stop');
  else logger.debug({ ...event }, 'a part started or stopped');
}
