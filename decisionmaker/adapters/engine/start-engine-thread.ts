import { Worker } from 'node:worker_threads';
import { builtProgram } from '../../../shared/files/built-program.js';
import type { EngineSettings } from '../../ports/decision-engine.js';
import type { EngineThread } from './thread-engine.js';

/** A thread cannot run sources: the built program, wherever this code runs from. */
const ENGINE_PROGRAM = 'decisionmaker/app/engine-worker';

/**
 * Objects of the thread live for one look or until the processes change. A small space for the young ones keeps the
 * thread's memory small, at the price of collecting more often.
 */
const YOUNG_SPACE_MB = 4;

/** Starts the engine's thread; the file is another one in tests alone. */
export function startEngineThread(
  settings: EngineSettings,
  file = builtProgram(ENGINE_PROGRAM, import.meta.url),
): EngineThread {
  return new Worker(file, {
    name: 'engine',
    workerData: settings,
    resourceLimits: { maxYoungGenerationSizeMb: YOUNG_SPACE_MB },
  });
}
