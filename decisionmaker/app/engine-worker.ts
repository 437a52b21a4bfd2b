import { parentPort, workerData } from 'node:worker_threads';
import type { EngineSettings } from '../ports/decision-engine.js';
import { hostNodeEngine } from './host-node-engine.js';

/** What the engine's thread runs. */
if (parentPort !== null) hostNodeEngine(parentPort, workerData as EngineSettings);
