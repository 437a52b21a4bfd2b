import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { TLSSocket } from 'node:tls';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type CertificateFiles, TestAuthority } from '../support/certificates.js';
import { describeKubernetes } from '../support/describe-kubernetes.js';
import { type Kubectl, kubectlWith } from '../support/kubernetes/kubectl.js';
import { type RealKubernetes, startRealKubernetes } from '../support/real-kubernetes.js';
import { findKubernetesTools } from '../support/tools.js';

/** Answers every request with what was asked and by whom. */
async function startEchoingKubelet(authority: TestAuthority): Promise<Server> {
  const { certificate: cert, key } = await authority.server('kubelet');
  const ca = authority.files.certificate;
  const tls = { cert, key, ca, requestCert: true, rejectUnauthorized: true };
  const server = createServer(tls, (incoming, answer) => {
    const client = (incoming.socket as TLSSocket).getPeerCertificate().subject.CN;
    answer.end(`${client} asked for ${incoming.url}\n`);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return server;
}

describeKubernetes('between the API server and kubelets', await findKubernetesTools(), (tools) => {
  let scratch = '';
  let kubelet: Server;
  let kubernetes: RealKubernetes;
  let kubectl: Kubectl;
  let client: CertificateFiles;

  beforeAll(async () => {
    scratch = await mkdtemp(path.join(tmpdir(), 'podium-kubernetes-'));
    const authority = await TestAuthority.create(scratch);
    client = await authority.client('client', 'one-certificate', ['system:masters']);
    kubelet = await startEchoingKubelet(authority);
    kubernetes = await startRealKubernetes({
      folder: path.join(scratch, 'run'),
      apiServerBinary: tools.apiServer,
      clientCaFile: authority.files.certFile,
      kubeletClientCertificate: client,
      signal: AbortSignal.timeout(300_000),
    });
    kubectl = kubectlWith(tools.kubectl, kubernetes.adminKubeconfig);
  });
  afterAll(async () => {
    await kubernetes?.stop();
    kubelet?.close();
    await rm(scratch, { recursive: true, force: true });
  });

  it('takes the user and the groups from a client certificate', async () => {
    const { certFile: certificateFile, keyFile } = client;
    const file = await kubernetes.kubeconfigFor('one', { certificateFile, keyFile });

    const whoami = JSON.parse(await kubectlWith(tools.kubectl, file)('auth', 'whoami', '--output=json'));

    expect(whoami.status.userInfo).toMatchObject({
      username: 'one-certificate',
      groups: ['system:masters', 'system:authenticated'],
    });
  });

  it("fetches logs from the address and port in the node's status, with its client certificate", async () => {
    const { port } = kubelet.address() as AddressInfo;
    const status = {
      addresses: [
        { type: 'Hostname', address: 'not-to-be-resolved.invalid' },
        { type: 'InternalIP', address: '127.0.0.1' },
      ],
      daemonEndpoints: { kubeletEndpoint: { Port: port } },
    };
    const node = { apiVersion: 'v1', kind: 'Node', metadata: { name: 'one' }, status };
    const pod = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'web' },
      spec: { nodeName: 'one', containers: [{ name: 'main', image: 'none' }] },
    };
    const manifest = path.join(scratch, 'objects.yaml');
    await writeFile(manifest, [node, pod].map((object) => JSON.stringify(object)).join('\n---\n'));
    await kubectl('create', `--filename=${manifest}`);

    const log = await kubectl('logs', 'web', '--tail=5');

    expect(log).toBe('one-certificate asked for /containerLogs/default/web/main?tailLines=5\n');
  });
});
