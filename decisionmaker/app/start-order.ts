import type { Container } from 'inversify';
import { prepareStateFolder } from '../../shared/files/state-folder.js';
import type { Component } from '../../shared/lifecycle/component.js';
import { periodic } from '../../shared/lifecycle/periodic.js';
import { listeners } from './listeners.js';
import { TOKENS } from './tokens.js';

const LEGACY_WARNING =
  'auth.legacy_manager is on: sets without a version are taken, and whoever calls from these networks with this ' +
  'agent’s public key and a client_id has a manager’s rights; switch it off after the roll-out';

const nothingToStop = async () => {};

/**
 * The parts in the order in which they start. Listeners come last: when one listens, the set is back from disk and
 * the processes have been looked at, so the first answer to the scheduler is the right one. One that cannot be opened
 * ends the program, with everything that was started before it.
 */
export function startOrder(container: Container, onListening?: (port: number) => void): readonly Component[] {
  return [
    identity(container),
    container.get(TOKENS.managerSilence),
    container.get(TOKENS.intentKeeper),
    container.get(TOKENS.nodeIntentKeeper),
    silenceCheck(container),
    decisionEngine(container),
    ...selfChecks(container),
    container.get(TOKENS.eventLoopDelay),
    ...podCounting(container),
    ...listeners(container, onListening),
  ];
}

const SELF_CHECK_MS = 5_000;

/** The first look is over before anybody can ask. */
function selfChecks(container: Container): readonly Component[] {
  const selfChecker = container.get(TOKENS.selfChecker);
  const rounds = periodic({
    name: 'self-check rounds',
    intervalMs: SELF_CHECK_MS,
    clock: container.get(TOKENS.clock),
    round: async () => {
      await selfChecker.check();
    },
    onError: (reason) => container.get(TOKENS.logger).error({ reason }, 'a self-check failed'),
  });
  return [selfChecker, rounds];
}

const POD_COUNTERS_MS = 5_000;

function podCounting(container: Container): readonly Component[] {
  if (!container.get(TOKENS.config).metrics.pod_counters) return [];
  const podCounters = container.get(TOKENS.podCounters);
  const rounds = periodic({
    name: 'pod counters',
    intervalMs: POD_COUNTERS_MS,
    clock: container.get(TOKENS.clock),
    round: (signal) => podCounters.round(signal),
    onError: (reason) =>
      container.get(TOKENS.logger).error({ reason }, 'the counters of pods cannot be read'),
  });
  return [rounds];
}

/** Longest time that boosts outlive the silence that ends them. */
const SILENCE_CHECK_MS = 1_000;

function silenceCheck(container: Container): Component {
  const silence = container.get(TOKENS.managerSilence);
  return periodic({
    name: 'silence check',
    intervalMs: SILENCE_CHECK_MS,
    clock: container.get(TOKENS.clock),
    round: () => silence.check(),
    onError: (reason) => container.get(TOKENS.logger).error({ reason }, 'a silence check failed'),
  });
}

/** What makes this agent this one: its folder, its key, its machine. */
function identity(container: Container): Component {
  const { state, node, auth } = container.get(TOKENS.config);
  return {
    name: 'identity',
    start: async () => {
      await prepareStateFolder(state.dir);
      const publicKeyFile = await container.get(TOKENS.agentKey).load();
      await container.get(TOKENS.machineId).load();
      const logger = container.get(TOKENS.logger);
      logger.info({ node: node.name, publicKeyFile }, 'this agent has its key');
      if (auth.legacy_manager) logger.warn({ networks: auth.legacy_manager_networks }, LEGACY_WARNING);
    },
    stop: nothingToStop,
  };
}

/** Up when the processes have been looked at once, with the set that is back from disk. */
function decisionEngine(container: Container): Component {
  const engine = container.get(TOKENS.engine);
  const scheduling = container.get(TOKENS.scheduling);
  return {
    name: engine.name,
    start: async (signal) => {
      scheduling.sendInput();
      await engine.start(signal);
    },
    stop: () => engine.stop(),
  };
}
