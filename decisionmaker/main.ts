#!/usr/bin/env node
import { realpathSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { type DecisionMakerArguments, runDecisionMaker } from './app/run-decision-maker.js';

export { type DecisionMakerArguments, runDecisionMaker };

function readArguments(): DecisionMakerArguments {
  const { values } = parseArgs({
    options: {
      'config-name': { type: 'string', short: 'c' },
      'config-dir': { type: 'string', short: 'd' },
    },
  });
  return { configName: values['config-name'], configFolder: values['config-dir'] };
}

function isEntryPoint(): boolean {
  const script = process.argv[1];
  return script !== undefined && pathToFileURL(realpathSync(script)).href === import.meta.url;
}

if (isEntryPoint()) {
  try {
    await runDecisionMaker(readArguments());
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  }
}
