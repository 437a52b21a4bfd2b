import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createCertificateAuthority, issueClientCertificate } from '../../localcluster/pki/certificates.js';
import { packageRoot } from '../../shared/files/package-root.js';
import { describeKubernetes } from '../support/describe-kubernetes.js';
import { type RunningCluster, startLocalCluster } from '../support/local-cluster.js';
import { mainJobScenario } from '../support/main-job-scenario.js';
import { startRealKubernetes } from '../support/real-kubernetes.js';
import { findKubernetesTools, type KubernetesTools } from '../support/tools.js';

const found = await findKubernetesTools();

/**
 * The real API server in place of ours: RBAC on, the manager under a service account with the rights of
 * deployment/kubernetes/manager-rbac.yaml and no more, our kubelets as the nodes.
 */
async function startOnRealKubernetes(tools: KubernetesTools, etcdBinary?: string): Promise<RunningCluster> {
  const folder = await mkdtemp(path.join(tmpdir(), 'podium-real-'));
  const authority = await createCertificateAuthority('podium test');
  const client = await issueClientCertificate(authority, {
    commonName: 'kube-apiserver-kubelet-client',
    organizations: ['system:masters'],
  });
  const authorityFile = path.join(`${folder}-pki`, 'ca.crt');
  const certFile = path.join(`${folder}-pki`, 'client.crt');
  const keyFile = path.join(`${folder}-pki`, 'client.key');
  const { mkdir, rm } = await import('node:fs/promises');
  await mkdir(`${folder}-pki`, { mode: 0o700 });
  await writeFile(authorityFile, authority.certificate);
  await writeFile(certFile, client.certificate);
  await writeFile(keyFile, client.privateKey, { mode: 0o600 });
  const kubernetes = await startRealKubernetes({
    folder,
    apiServerBinary: tools.apiServer,
    ...(etcdBinary === undefined ? {} : { etcdBinary }),
    kubeletClientCertificate: { certFile, keyFile },
    signal: AbortSignal.timeout(120_000),
  });
  await kubernetes.apply(path.join(packageRoot(), 'deployment/kubernetes/manager-rbac.yaml'));
  const token = await kubernetes.tokenFor('podium-system/podium-manager');
  const managerKubeconfig = await kubernetes.kubeconfigFor('manager', { token });
  const cluster = await startLocalCluster([
    `--kubeconfig=${kubernetes.adminKubeconfig}`,
    `--manager-kubeconfig=${managerKubeconfig}`,
    `--kubelet-client-authority=${authorityFile}`,
  ]);
  return {
    ...cluster,
    stop: async () => {
      const code = await cluster.stop();
      await kubernetes.stop();
      await rm(`${folder}-pki`, { recursive: true, force: true });
      return code;
    },
  };
}

describeKubernetes('the main job on the real API server', found, (tools) => {
  mainJobScenario('with etcd 3.6', () => startOnRealKubernetes(tools));
});
