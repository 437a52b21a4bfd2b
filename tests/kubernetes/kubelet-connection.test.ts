import 'reflect-metadata';
import { KeyObject, webcrypto } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { TLSSocket } from 'node:tls';
import { BasicConstraintsExtension, X509CertificateGenerator } from '@peculiar/x509';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { toPkcs8Pem } from '../../shared/auth/keys.js';
import { describeKubernetes } from '../support/describe-kubernetes.js';
import { type Kubectl, kubectlWith } from '../support/kubernetes/kubectl.js';
import { type RealKubernetes, startRealKubernetes } from '../support/real-kubernetes.js';
import { findKubernetesTools } from '../support/tools.js';

const ecdsa = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };

/** A certificate that is its own authority and so serves as authority, client and server in these tests. */
async function writeCertificate(folder: string, name: string) {
  const keys = await webcrypto.subtle.generateKey(ecdsa, true, ['sign', 'verify']);
  const certificate = await X509CertificateGenerator.createSelfSigned({
    name,
    keys,
    signingAlgorithm: ecdsa,
    extensions: [new BasicConstraintsExtension(true)],
  });
  const files = { certFile: path.join(folder, 'cert.pem'), keyFile: path.join(folder, 'key.pem') };
  await writeFile(files.certFile, certificate.toString('pem'));
  await writeFile(files.keyFile, toPkcs8Pem(KeyObject.from(keys.privateKey)), { mode: 0o600 });
  return files;
}

/** Answers every request with what was asked and by whom. */
async function startEchoingKubelet(files: { certFile: string; keyFile: string }): Promise<Server> {
  const [cert, key] = [await readFile(files.certFile), await readFile(files.keyFile)];
  const tls = { cert, key, ca: cert, requestCert: true, rejectUnauthorized: true };
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
  let certificate: { certFile: string; keyFile: string };

  beforeAll(async () => {
    scratch = await mkdtemp(path.join(tmpdir(), 'podium-kubernetes-'));
    certificate = await writeCertificate(scratch, 'CN=one-certificate, O=system:masters');
    kubelet = await startEchoingKubelet(certificate);
    kubernetes = await startRealKubernetes({
      folder: path.join(scratch, 'run'),
      apiServerBinary: tools.apiServer,
      clientCaFile: certificate.certFile,
      kubeletClientCertificate: certificate,
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
    const { certFile: certificateFile, keyFile } = certificate;
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
