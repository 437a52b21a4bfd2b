import { mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, it } from 'vitest';
import { packageRoot } from '../../shared/files/package-root.js';
import { TestAuthority } from '../support/certificates.js';
import { describeKubernetes } from '../support/describe-kubernetes.js';
import { type RunningCluster, startLocalCluster } from '../support/local-cluster.js';
import { mainJobScenario } from '../support/main-job-scenario.js';
import { startRealKubernetes } from '../support/real-kubernetes.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { findKubernetesTools, type KubernetesTools } from '../support/tools.js';

const found = await findKubernetesTools();

/**
 * The real API server in place of ours: RBAC on, the manager under a service account with the rights of
 * deployment/kubernetes/manager-rbac.yaml and no more, our scheduler, our kubelets as the nodes.
 */
async function startOnRealKubernetes(tools: KubernetesTools, etcdBinary?: string): Promise<RunningCluster> {
  const folder = await temporaryFolder();
  const pki = path.join(folder.path, 'pki');
  await mkdir(pki, { mode: 0o700 });
  const authority = await TestAuthority.create(pki);
  const kubernetes = await startRealKubernetes({
    folder: path.join(folder.path, 'kubernetes'),
    apiServerBinary: tools.apiServer,
    ...(etcdBinary === undefined ? {} : { etcdBinary }),
    kubeletClientCertificate: await authority.client('client', 'kube-apiserver-kubelet-client', [
      'system:masters',
    ]),
    signal: AbortSignal.timeout(120_000),
  });
  await kubernetes.apply(path.join(packageRoot(), 'deployment/kubernetes/manager-rbac.yaml'));
  const token = await kubernetes.tokenFor('podium-system/podium-manager');
  const managerKubeconfig = await kubernetes.kubeconfigFor('manager', { token });
  const cluster = await startLocalCluster([
    `--kubeconfig=${kubernetes.adminKubeconfig}`,
    `--manager-kubeconfig=${managerKubeconfig}`,
    `--kubelet-client-authority=${authority.files.certFile}`,
  ]);
  return {
    ...cluster,
    stop: async () => {
      const code = await cluster.stop();
      await kubernetes.stop();
      await folder.remove();
      return code;
    },
  };
}

describeKubernetes('the main job on the real API server', found, (tools) => {
  mainJobScenario('with etcd 3.6', () => startOnRealKubernetes(tools));

  if (tools.debianEtcd === undefined) {
    console.log('left out: etcd 3.4 is not to be had on this machine');
    return;
  }
  mainJobScenario(
    'with etcd 3.4, which cannot stream lists',
    () => startOnRealKubernetes(tools, tools.debianEtcd),
    (cluster) => {
      it('reads pages where the stream says inside that it cannot', async () => {
        const log = await readFile(path.join(cluster().facts.stateDir, 'logs/manager.log'), 'utf8');

        expect(log).toContain('server cannot stream lists, reading pages instead');
        expect(log).toContain('RequestWatchProgress');
      });
    },
  );
});
