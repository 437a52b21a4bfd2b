#!/usr/bin/env node
import path from 'node:path';
import { searchPath } from '../../config/environment.js';
import { messageOf } from '../../shared/domain/domain-error.js';
import { prepareStateFolder } from '../../shared/files/state-folder.js';
import { systemClock } from '../../shared/lifecycle/clock.js';
import { endWithParent } from '../../shared/lifecycle/end-with-parent.js';
import { endOnSignals } from '../../shared/lifecycle/process-signals.js';
import { runComponents } from '../../shared/lifecycle/run-components.js';
import { createLogger } from '../../shared/observability/logger.js';
import { connect } from '../client/connection.js';
import { readKubeconfig } from '../client/kubeconfig.js';
import { chooseBackend } from './cgroups/choose-backend.js';
import { createKubelet } from './kubelet.js';
import { kubeletOptions } from './kubelet-options.js';
import { machineFacts } from './node/machine.js';

const STOP_TIMEOUT_MS = 10_000;

async function main(args: readonly string[], searchPath: string): Promise<void> {
  const options = await kubeletOptions(args);
  const logger = createLogger({ name: 'kubelet', level: options.logLevel }).child({ node: options.nodeName });
  const signals = endOnSignals({ secondEndsAtOnce: false });
  const signal = options.exitWithParent ? AbortSignal.any([signals, endWithParent()]) : signals;
  await prepareStateFolder(options.stateDir);
  const backend = await chooseBackend({
    wanted: options.cgroups,
    parent: options.cgroupParent,
    simulationFolder: path.join(options.stateDir, 'simulated'),
    clock: systemClock,
    logger,
  });
  const machine = await machineFacts();
  const connection = connect(await readKubeconfig(options.kubeconfig));
  // However this process ends, save by SIGKILL, no container outlives it.
  process.once('exit', () => backend.stopNow());
  try {
    const components = createKubelet({ options, backend, connection, machine, searchPath, logger });
    await runComponents(components, signal, {
      stopTimeoutMs: STOP_TIMEOUT_MS,
      onEvent: (event) => logger.debug({ ...event }, 'component'),
    });
  } finally {
    await connection.close();
  }
}

main(process.argv.slice(2), searchPath())
  .catch((error: unknown) => {
    process.stderr.write(`podium kubelet: ${messageOf(error)}\n`);
    process.exitCode = 1;
  })
  // A container that would not end in time must not keep its kubelet.
  .finally(() => process.exit());
