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
  const config = container.get(TOKENS.config);
  const scheduling = container.get(TOKENS.scheduling);
  return [
    identity(container),
    container.get(TOKENS.intentKeeper),
    { name: 'first look at the processes', start: () => scheduling.refresh(), stop: nothingToStop },
    periodic({
      name: 'process refresh',
      intervalMs: config.refresh.interval_ms,
      clock: container.get(TOKENS.clock),
      round: () => scheduling.refresh(),
      onError: (reason) => container.get(TOKENS.logger).error({ reason }, 'a refresh failed'),
    }),
    ...listeners(container, onListening),
  ];
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
