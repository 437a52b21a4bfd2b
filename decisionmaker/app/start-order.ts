import type { Container } from 'inversify';
import { prepareStateFolder } from '../../shared/files/state-folder.js';
import type { Component } from '../../shared/lifecycle/component.js';
import { periodic } from '../../shared/lifecycle/periodic.js';
import { listeners } from './listeners.js';
import { TOKENS } from './tokens.js';

const nothingToStop = async () => {};

/**
 * The parts in the order in which they start. Listeners come last: when one listens, the set is back from disk and
 * the processes have been looked at, so the first answer to the scheduler is the right one. One that cannot be opened
 * ends the program, with everything that was started before it.
 */
export function startOrder(container: Container, onListening?: (port: number) => void): readonly Component[] {
  return [
    identity(container),
    container.get(TOKENS.intentKeeper),
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

/** What makes this agent this one: its folder, its key, its machine. */
function identity(container: Container): Component {
  const { state, node } = container.get(TOKENS.config);
  return {
    name: 'identity',
    start: async () => {
      await prepareStateFolder(state.dir);
      const publicKeyFile = await container.get(TOKENS.agentKey).load();
      await container.get(TOKENS.machineId).load();
      container.get(TOKENS.logger).info({ node: node.name, publicKeyFile }, 'this agent has its key');
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
    start: async () => {
      scheduling.sendInput();
      await engine.start();
    },
    stop: () => engine.stop(),
  };
}
