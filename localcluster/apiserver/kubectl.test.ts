import { spawnSync } from 'node:child_process';
import { access, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { settle } from '../../tests/support/kubectl-differences.js';
import { formatTranscript, runKubectlScenario } from '../../tests/support/kubectl-scenario.js';
import { type LocalApiServer, startLocalApiServer, TOKENS } from '../../tests/support/local-api-server.js';

const SCENARIO_TIMEOUT_MS = 180_000;
const RECORDINGS = path.resolve('tests/support/fixtures');

/** PODIUM_KUBECTL, or the kubectl on the PATH; undefined when there is none that runs. */
function findKubectl(): string | undefined {
  const kubectl = process.env.PODIUM_KUBECTL ?? 'kubectl';
  return spawnSync(kubectl, ['version', '--client'], { timeout: 10_000 }).status === 0 ? kubectl : undefined;
}

/** What the same kubectl printed with the real API server; that of the newest one when there is none for it. */
async function recordingFor(kubectl: string): Promise<{ readonly text: string; readonly exact: boolean }> {
  const { stdout } = spawnSync(kubectl, ['version', '--client', '-o', 'json'], { encoding: 'utf8' });
  const { major, minor } = JSON.parse(stdout).clientVersion;
  const own = path.join(RECORDINGS, `kubectl-${major}.${minor}.txt`);
  const exact = await access(own).then(
    () => true,
    () => false,
  );
  return { text: await readFile(exact ? own : path.join(RECORDINGS, 'kubectl-1.34.txt'), 'utf8'), exact };
}

/** Only which step ended how: versions of kubectl word many things differently. */
function exitCodes(transcript: string): readonly string[] {
  return transcript.split('\n').filter((line) => /^(## |exit )/.test(line));
}

const kubectl = findKubectl();
if (kubectl === undefined) {
  console.log('skipped: the kubectl scenario, because neither PODIUM_KUBECTL nor the PATH has a kubectl');
}

describe.skipIf(kubectl === undefined)('kubectl', () => {
  let server: LocalApiServer;
  let folder = '';
  beforeAll(async () => {
    server = await startLocalApiServer();
    folder = await mkdtemp(path.join(tmpdir(), 'podium-test-'));
  });
  afterAll(async () => {
    await server.stop();
    await rm(folder, { recursive: true });
  });

  it(
    'prints with the local API server what it prints with the real one',
    async () => {
      const kubeconfig = path.join(folder, 'kubeconfig');
      await writeFile(kubeconfig, kubeconfigText(server));
      const recording = await recordingFor(kubectl ?? '');

      const transcript = formatTranscript(
        settle(await runKubectlScenario({ kubectl: kubectl ?? '', kubeconfig })),
      );

      if (recording.exact) expect(`${transcript}\n`).toBe(recording.text);
      else expect(exitCodes(transcript)).toEqual(exitCodes(recording.text));
    },
    SCENARIO_TIMEOUT_MS,
  );
});

function kubeconfigText({ url, caPem }: LocalApiServer): string {
  const authority = Buffer.from(caPem).toString('base64');
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'local', cluster: { server: url, 'certificate-authority-data': authority } }],
    users: [{ name: 'admin', user: { token: TOKENS.admin } }],
    contexts: [{ name: 'local', context: { cluster: 'local', user: 'admin' } }],
    'current-context': 'local',
  });
}
