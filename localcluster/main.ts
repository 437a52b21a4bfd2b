import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { userStateFolder } from '../config/environment.js';
import { DomainError, messageOf } from '../shared/domain/domain-error.js';
import { prepareStateFolder } from '../shared/files/state-folder.js';
import { aborted } from '../shared/lifecycle/aborted.js';
import { endOnSignals } from '../shared/lifecycle/process-signals.js';
import { connectionFile, removeConnection, writeConnection } from './client/connection-file.js';
import type { LocalOptions } from './options.js';
import type { ClusterFacts } from './supervisor/cluster-facts.js';
import { LocalCluster } from './supervisor/local-cluster.js';
import { reportForPeople } from './supervisor/report.js';
import { StateLayout } from './supervisor/state-layout.js';

/**
 * Runs a local cluster until a signal ends it; resolves with the exit code. Standard output carries the report
 * alone (one line of JSON where asked for); what happens meanwhile goes to standard error.
 */
export async function runLocalCluster(options: LocalOptions): Promise<number> {
  // A terminal sends Ctrl-C once for each key press; a second one must not leave processes behind.
  const signal = endOnSignals({ secondEndsAtOnce: false });
  const say = (text: string) => void process.stderr.write(`podium local: ${text}\n`);
  const file = connectionFile(userStateFolder() ?? tmpdir());
  let folder: string | undefined;
  let cluster: LocalCluster | undefined;
  let facts: ClusterFacts | undefined;
  try {
    folder = await stateFolder(options);
    cluster = new LocalCluster(options, new StateLayout(folder), say);
    facts = await cluster.start(signal);
    const readyAfterMs = Math.round(performance.now());
    await writeConnection(file, { ...facts, readyAfterMs });
    process.stdout.write(report(options, facts, cluster.compromise, readyAfterMs));
    await aborted(signal);
    say('ending');
    return 0;
  } catch (error) {
    if (signal.aborted) return 0;
    say(error instanceof DomainError ? error.message : messageOf(error));
    return 1;
  } finally {
    await cluster?.stop();
    if (facts !== undefined) await removeConnection(file, facts);
    if (folder !== undefined && !options.keepState) await rm(folder, { recursive: true, force: true });
  }
}

async function stateFolder({ stateFolder: named }: LocalOptions): Promise<string> {
  const folder =
    named === undefined ? await mkdtemp(path.join(tmpdir(), 'podium-local-')) : path.resolve(named);
  await prepareStateFolder(folder);
  return folder;
}

function report(
  options: LocalOptions,
  facts: ClusterFacts,
  compromise: string | undefined,
  readyAfterMs: number,
): string {
  if (options.json) return `${JSON.stringify(facts)}\n`;
  const { samples: hasSamples, keepState } = options;
  return reportForPeople(facts, { readyAfterMs, removesState: !keepState, compromise, hasSamples });
}
