#!/usr/bin/env node
import path from 'node:path';
import { searchPath } from '../../config/environment.js';
import { prepareStateFolder } from '../../shared/files/state-folder.js';
import { systemClock } from '../../shared/lifecycle/clock.js';
import { createLogger } from '../../shared/observability/logger.js';
import { type Program, runProgram } from '../../shared/program/run-program.js';
import { connect, connectionComponent } from '../client/connection.js';
import { readKubeconfig } from '../client/kubeconfig.js';
import { chooseBackend } from './cgroups/choose-backend.js';
import { createKubelet } from './kubelet.js';
import { kubeletOptions } from './kubelet-options.js';
import { machineFacts } from './node/machine.js';

async function createProgram(args: readonly string[]): Promise<Program> {
  const options = await kubeletOptions(args);
  const logger = createLogger({ name: 'kubelet', level: options.logLevel }).child({ node: options.nodeName });
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
  const parts = { options, backend, connection, machine, searchPath: searchPath(), logger };
  return {
    logger,
    components: [connectionComponent(connection), ...createKubelet(parts)],
    exitWithParent: options.exitWithParent,
  };
}

const exitCode = await runProgram({ name: 'podium kubelet', secondSignalEndsAtOnce: false }, () =>
  createProgram(process.argv.slice(2)),
);
// A container that would not end in time must not keep its kubelet.
process.exit(exitCode);
