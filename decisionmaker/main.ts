import path from 'node:path';
import { loadDecisionMakerConfig } from '../config/decisionmaker-config.js';
import { packageRoot } from '../shared/files/package-root.js';
import { type ProgramArguments, runProgram } from '../shared/program/run-program.js';
import { createDecisionMaker } from './app/create-decision-maker.js';
import { startUpMemory } from './app/start-up-memory.js';

/** Runs a node's agent until a signal ends it; resolves with the exit code. */
export function runDecisionMaker({
  configName,
  configFolder,
  exitWithParent,
}: ProgramArguments): Promise<number> {
  return runProgram({ name: 'podium decisionmaker' }, async () => {
    const config = await loadDecisionMakerConfig({
      name: configName,
      folder: configFolder,
      fallbackFolder: path.join(packageRoot(), 'config'),
    });
    const agent = createDecisionMaker(config);
    return { ...agent, components: [...agent.components, startUpMemory], exitWithParent };
  });
}
