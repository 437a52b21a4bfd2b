import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { DECISION_MAKER_MANIFEST, decisionMakerPod } from '../support/decision-maker-manifest.js';
import { describeKubernetes } from '../support/describe-kubernetes.js';
import { type RealKubernetes, startRealKubernetes } from '../support/real-kubernetes.js';
import { findKubernetesTools } from '../support/tools.js';

const managerManifest = fileURLToPath(
  new URL('../../deployment/kubernetes/manager-rbac.yaml', import.meta.url),
);
const namespace = '/api/v1/namespaces/podium-system';

describeKubernetes("the decision maker's manifest", await findKubernetesTools(), (tools) => {
  let kubernetes: RealKubernetes;
  beforeAll(async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'podium-kubernetes-'));
    const signal = AbortSignal.timeout(300_000);
    kubernetes = await startRealKubernetes({ folder, apiServerBinary: tools.apiServer, signal });
    await kubernetes.apply(DECISION_MAKER_MANIFEST);
  });
  afterAll(() => kubernetes?.stop());

  it('is kept by a real API server as it is written, beside what the server adds', async () => {
    const daemonSet = await kubernetes.client.expect({
      path: '/apis/apps/v1/namespaces/podium-system/daemonsets/podium-decisionmaker',
    });

    const { metadata, spec } = decisionMakerPod();
    expect(daemonSet.spec.template).toMatchObject({ metadata, spec });
  });

  it('shares its namespace with the manager, whichever is applied last', async () => {
    const labels = async () => (await kubernetes.client.expect({ path: namespace })).metadata.labels;
    const before = await labels();

    await kubernetes.apply(managerManifest);

    expect(before).toMatchObject({ 'pod-security.kubernetes.io/enforce': 'privileged' });
    expect(await labels()).toEqual(before);
  });

  /** Asks the server for a pod of the template, without keeping it. */
  function createPod(where: string) {
    const { metadata, spec } = decisionMakerPod();
    return kubernetes.client.send({
      method: 'POST',
      path: `/api/v1/namespaces/${where}/pods?dryRun=All`,
      body: {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { ...metadata, name: 'decisionmaker-1' },
        spec: { ...spec, serviceAccountName: undefined },
      },
    });
  }

  it('makes pods that its namespace admits, and that a stricter one refuses for the reasons we give', async () => {
    await kubernetes.client.expect({
      method: 'POST',
      path: '/api/v1/namespaces',
      body: {
        apiVersion: 'v1',
        kind: 'Namespace',
        metadata: { name: 'strict', labels: { 'pod-security.kubernetes.io/enforce': 'baseline' } },
      },
    });

    expect(await createPod('podium-system')).toMatchObject({ status: 201 });
    const refused = await createPod('strict');

    expect(refused.status).toBe(403);
    const reasons = refused.body.message.replace(/^.*violates PodSecurity "baseline:latest": /, '');
    expect(reasons).toMatch(/hostPID=true/);
    expect(reasons).toMatch(/hostPath volumes \(volumes "cgroups", "state"\)/);
    expect(reasons).toMatch(/must not include "SYS_PTRACE"/);
    expect(reasons).not.toMatch(/privileged|seccomp|hostNetwork|hostPort/);
  });
});
