import type { Container } from 'inversify';
import type { DecisionMakerConfig } from '../../../config/decisionmaker-config.js';
import { type Clock, systemClock } from '../../../shared/lifecycle/clock.js';
import { createLogger, type Logger } from '../../../shared/observability/logger.js';
import { createRegistry } from '../../../shared/observability/metrics.js';
import { daemonTimeoutMs, HttpSchedulerDaemon } from '../../adapters/daemon/http-scheduler-daemon.js';
import { startEngineThread } from '../../adapters/engine/start-engine-thread.js';
import { type EngineThread, ThreadEngine } from '../../adapters/engine/thread-engine.js';
import { ManagerKeysFile } from '../../adapters/jwks/manager-keys-file.js';
import { ProcTaskCounters } from '../../adapters/pod-counters/proc-task-counters.js';
import { AgentKeyFile } from '../../adapters/state/agent-key-file.js';
import { IntentSetFile } from '../../adapters/state/intent-set-file.js';
import { ManagerWordFile } from '../../adapters/state/manager-word-file.js';
import { NodeIntentFile } from '../../adapters/state/node-intent-file.js';
import { KernelFacts } from '../../adapters/sysfs/kernel-facts.js';
import type { EngineSettings } from '../../ports/decision-engine.js';
import { MachineId } from '../machine-id.js';
import { TOKENS } from '../tokens.js';

export interface Overrides {
  readonly clock?: Clock;
  readonly logger?: Logger;
  /** Told the port when the API listens, which a configured port of 0 leaves open. */
  readonly onListening?: (port: number) => void;
  readonly startEngineThread?: (settings: EngineSettings) => EngineThread;
}

/** Clock, log and metrics, and everything that touches the disk or the node. */
export function bindPlatform(container: Container, config: DecisionMakerConfig, overrides: Overrides): void {
  const { clock, logger, managerKeys, agentKey, intentSetStore } = TOKENS;
  container.bind(TOKENS.config).toConstantValue(config);
  container.bind(clock).toConstantValue(overrides.clock ?? systemClock);
  container
    .bind(logger)
    .toConstantValue(
      overrides.logger ?? createLogger({ name: 'podium-decisionmaker', level: config.logging.level }),
    );
  container.bind(TOKENS.registry).toResolvedValue(() => createRegistry());
  container.bind(TOKENS.machineId).toResolvedValue(() => new MachineId(config.node.machine_id));
  container
    .bind(agentKey)
    .toResolvedValue(() => new AgentKeyFile(config.state.dir, config.token.rsa_private_key_pem.reveal()));
  container
    .bind(managerKeys)
    .toResolvedValue(
      (time, log) => new ManagerKeysFile(config.auth.manager_jwks_file, time, log),
      [clock, logger],
    );
  container
    .bind(intentSetStore)
    .toResolvedValue((time) => new IntentSetFile(config.state.dir, time), [clock]);
  container
    .bind(TOKENS.nodeIntentStore)
    .toResolvedValue((time) => new NodeIntentFile(config.state.dir, time), [clock]);
  container.bind(TOKENS.managerWordStore).toResolvedValue(() => new ManagerWordFile(config.state.dir));
  container.bind(TOKENS.schedulerDaemon).toResolvedValue(() => {
    const { endpoint, timeout_sec } = config.daemon;
    return new HttpSchedulerDaemon({ endpoint, timeoutMs: daemonTimeoutMs(timeout_sec) });
  });
  const startThread = overrides.startEngineThread ?? startEngineThread;
  container.bind(TOKENS.engine).toResolvedValue(
    (time, log) =>
      new ThreadEngine({
        startThread: () => startThread(engineSettings(config)),
        clock: time,
        logger: log,
        random: Math.random,
      }),
    [clock, logger],
  );
  container
    .bind(TOKENS.hostFacts)
    .toResolvedValue((time) => new KernelFacts({ sysRoot: config.sys.root, clock: time }), [clock]);
  container
    .bind(TOKENS.taskCounters)
    .toResolvedValue((time) => new ProcTaskCounters(config.proc.root, time), [clock]);
}

function engineSettings(config: DecisionMakerConfig): EngineSettings {
  const { proc, cgroup, refresh, scheduling } = config;
  return {
    procRoot: proc.root,
    cgroupRoot: cgroup.root,
    intervalMs: refresh.interval_ms,
    priorityFormat: scheduling.priority_format,
    maxItems: scheduling.max_items,
    serveZero: scheduling.serve_priority_zero,
    ownPid: process.pid,
  };
}
