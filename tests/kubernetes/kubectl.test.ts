import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ApiServerProgram, startApiServerProgram } from '../support/api-server-program.js';
import { describeKubernetes } from '../support/describe-kubernetes.js';
import { ACCEPTED_DIFFERENCES, settle } from '../support/kubectl-differences.js';
import { formatTranscript, runKubectlScenario, type TranscriptEntry } from '../support/kubectl-scenario.js';
import { type RealKubernetes, startRealKubernetes } from '../support/real-kubernetes.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { findKubernetesTools } from '../support/tools.js';

interface Transcripts {
  readonly ours: readonly TranscriptEntry[];
  readonly real: readonly TranscriptEntry[];
}

const found = await findKubernetesTools();

describeKubernetes('one list of kubectl commands on both API servers', found, (tools) => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let ours: ApiServerProgram;
  let real: RealKubernetes;
  const all: Transcripts[] = [];

  beforeAll(async () => {
    folder = await temporaryFolder();
    ours = await startApiServerProgram();
    real = await startRealKubernetes({
      folder: `${folder.path}/kubernetes`,
      apiServerBinary: tools.apiServer,
      signal: AbortSignal.timeout(120_000),
    });
  });
  afterAll(async () => {
    await ours?.stop();
    await real?.stop();
    await folder?.remove();
  });

  const binaries = [
    ['kubectl of the same release', tools.kubectl],
    ['kubectl 1.20', tools.debianKubectl],
  ] as const;

  describe.each(binaries)('%s', (name, kubectl) => {
    it.skipIf(kubectl === undefined)(
      `prints the same${kubectl === undefined ? ` (left out: ${name} is not to be had on this machine)` : ''}`,
      async () => {
        const binary = kubectl ?? '';
        const transcripts = {
          real: await runKubectlScenario({ kubectl: binary, kubeconfig: real.adminKubeconfig }),
          ours: await runKubectlScenario({ kubectl: binary, kubeconfig: ours.adminKubeconfig }),
        };
        all.push(transcripts);

        expect(transcripts.real.length).toBeGreaterThan(80);
        expect(formatTranscript(settle(transcripts.ours))).toBe(formatTranscript(settle(transcripts.real)));
      },
    );
  });

  it('needs every difference that is on the list', () => {
    const isNeeded = (steps: readonly string[]) =>
      all.some(({ ours, real }) => steps.some((title) => textOf(ours, title) !== textOf(real, title)));

    const unneeded = ACCEPTED_DIFFERENCES.filter(({ steps }) => !isNeeded(steps));

    expect(unneeded.map(({ reason }) => reason)).toEqual([]);
  });
});

function textOf(entries: readonly TranscriptEntry[], title: string): string {
  return formatTranscript(entries.filter((entry) => entry.title === title));
}
