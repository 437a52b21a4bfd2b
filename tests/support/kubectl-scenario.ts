import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { normalise } from './kubectl-normalise.js';
import { type Kubectl, kubectlFor, type Ran } from './kubectl-process.js';
import { cleanUp, SCENARIO_STEPS, type Step } from './kubectl-scenario-steps.js';
import { startPretendKubelet } from './pretend-kubelet.js';

/** What one command printed, without what differs from run to run. */
export interface TranscriptEntry {
  readonly title: string;
  readonly command: string;
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface ScenarioOptions {
  /** Path of the kubectl to run. */
  readonly kubectl: string;
  /** Of a user who may do everything, on a server that no scheduler and no kubelet works with. */
  readonly kubeconfig: string;
}

/**
 * Runs the whole list of kubectl commands against a server and gives back what they printed. The server needs no
 * kubelet: the scenario registers a node of its own and plays its kubelet, by the status subresource and by a
 * small server for logs. What it creates it removes again.
 */
export async function runKubectlScenario(options: ScenarioOptions): Promise<readonly TranscriptEntry[]> {
  const folder = await mkdtemp(path.join(tmpdir(), 'podium-kubectl-'));
  const kubelet = await startPretendKubelet();
  try {
    const kubectl = await kubectlFor({ ...options, folder });
    await writeEditor(folder);
    await cleanUp(kubectl);
    const entries: TranscriptEntry[] = [];
    for (const step of SCENARIO_STEPS) {
      if (step.fromMinor !== undefined && kubectl.minor < step.fromMinor) continue;
      entries.push(...(await runStep(kubectl, step, kubelet.port)));
    }
    await cleanUp(kubectl);
    return entries;
  } finally {
    await kubelet.stop();
    await rm(folder, { recursive: true });
  }
}

/** `kubectl edit` runs this: it adds a label. */
async function writeEditor(folder: string): Promise<void> {
  await writeFile(path.join(folder, 'editor.sh'), '#!/bin/sh\nsed -i "s/app: nginx/app: edited/" "$1"\n', {
    mode: 0o700,
  });
}

async function runStep(
  kubectl: Kubectl,
  step: Step,
  kubeletPort: number,
): Promise<readonly TranscriptEntry[]> {
  const stdin = step.stdin?.replaceAll('KUBELET_PORT', String(kubeletPort));
  if (step.during === undefined) {
    return [entry(step, await kubectl.run(step.args, stdin))];
  }
  const watch = kubectl.start(step.args);
  await watch.printed(step.expectLinesBefore ?? 1);
  const inner: TranscriptEntry[] = [];
  for (const innerStep of step.during) inner.push(...(await runStep(kubectl, innerStep, kubeletPort)));
  await watch.printed(step.expectLinesAfter ?? 1);
  return [...inner, entry(step, await watch.stop())];
}

function entry(step: Step, ran: Ran): TranscriptEntry {
  return {
    title: step.title,
    command: `kubectl ${step.args.join(' ')}`,
    exitCode: ran.exitCode,
    stdout: normalise(ran.stdout),
    stderr: normalise(ran.stderr),
  };
}

/** A transcript as text, for people to read and to compare. */
export function formatTranscript(entries: readonly TranscriptEntry[]): string {
  return entries
    .map(({ title, command, exitCode, stdout, stderr }) =>
      [`## ${title}`, `$ ${command}`, stdout, stderr, `exit ${exitCode}`]
        .filter((line) => line !== '')
        .join('\n'),
    )
    .join('\n\n');
}
