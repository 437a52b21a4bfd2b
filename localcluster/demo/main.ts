import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { userStateFolder } from '../../config/environment.js';
import { DomainError, messageOf } from '../../shared/domain/domain-error.js';
import { endOnSignals } from '../../shared/lifecycle/process-signals.js';
import { connectionFile, readConnection } from '../client/connection-file.js';
import { DemoCluster, type DemoFacts } from './demo-cluster.js';
import { runDemo } from './run-demo.js';
import { Steps } from './steps.js';

export interface DemoOptions {
  /** File with the line that `podium local --json` prints; undefined = the cluster that runs now. */
  readonly facts: string | undefined;
}

/** Runs the demo; resolves with the exit code. */
export async function demo({ facts }: DemoOptions): Promise<number> {
  const signal = endOnSignals();
  const steps = new Steps((text) => void process.stdout.write(text), process.stdout.isTTY === true, signal);
  try {
    const cluster = await DemoCluster.open(await readFacts(facts), signal);
    try {
      await runDemo(cluster, steps, signal);
    } finally {
      await cluster.close();
    }
    return 0;
  } catch (error) {
    process.stderr.write(`podium demo: ${error instanceof DomainError ? error.message : messageOf(error)}\n`);
    return 1;
  }
}

async function readFacts(file: string | undefined): Promise<DemoFacts> {
  if (file === undefined) return readConnection<DemoFacts>(connectionFile(userStateFolder() ?? tmpdir()));
  return JSON.parse(await readFile(file, 'utf8')) as DemoFacts;
}
