import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type LocalApiServer, startLocalApiServer } from '../../../tests/support/local-api-server.js';
import { createCertificateAuthority } from '../../pki/certificate-authority.js';
import { issueClientCertificate, issueServerCertificate } from '../../pki/issue-certificate.js';

const PODS = '/api/v1/namespaces/default/pods';

let handle: (request: IncomingMessage, response: ServerResponse) => void = () => {};
let kubelet: Server;
let server: LocalApiServer;
beforeAll(async () => {
  const authority = await createCertificateAuthority('kubelets');
  const serving = await issueServerCertificate(authority, {
    commonName: 'n1',
    dnsNames: [],
    ipAddresses: ['127.0.0.1'],
  });
  const client = await issueClientCertificate(authority, {
    commonName: 'kube-apiserver',
    organizations: ['system:masters'],
  });
  kubelet = createServer(
    {
      cert: serving.certificatePem,
      key: serving.privateKeyPem,
      ca: authority.certificatePem,
      requestCert: true,
    },
    (request, response) => handle(request, response),
  );
  await new Promise<void>((resolve) => kubelet.listen(0, '127.0.0.1', resolve));
  server = await startLocalApiServer({
    kubeletClient: { cert: client.certificatePem, key: client.privateKeyPem, ca: authority.certificatePem },
  });
  await createObjects((kubelet.address() as AddressInfo).port);
});
afterAll(async () => {
  await server.stop();
  kubelet.closeAllConnections();
  await new Promise((resolve) => kubelet.close(resolve));
});

async function createObjects(port: number): Promise<void> {
  const node = (name: string, endpoint: number) => ({
    metadata: { name },
    status: {
      addresses: [{ type: 'InternalIP', address: '127.0.0.1' }],
      daemonEndpoints: { kubeletEndpoint: { Port: endpoint } },
    },
  });
  const pod = (name: string, nodeName: string | undefined, ...containers: readonly string[]) => ({
    metadata: { name },
    spec: {
      ...(nodeName === undefined ? {} : { nodeName }),
      containers: containers.map((container) => ({ name: container, image: 'x' })),
    },
  });
  await server.request('POST', '/api/v1/nodes', { body: node('n1', port) });
  await server.request('POST', '/api/v1/nodes', { body: node('dead', 1) });
  await server.request('POST', '/api/v1/nodes', { body: { metadata: { name: 'nowhere' } } });
  for (const body of [
    pod('web', 'n1', 'main'),
    pod('pair', 'n1', 'a', 'b'),
    pod('unbound', undefined, 'main'),
    pod('lost', 'gone', 'main'),
    pod('silent', 'dead', 'main'),
    pod('homeless', 'nowhere', 'main'),
  ]) {
    await server.request('POST', PODS, { body });
  }
}

describe('logs', () => {
  it('come from the kubelet of the node, asked with the client certificate and the same parameters', async () => {
    const seen: unknown[] = [];
    handle = (request, response) => {
      const { subject } = (request.socket as TLSSocket).getPeerCertificate();
      seen.push([request.url, subject.CN]);
      response.end('line\n');
    };

    const { status, text, headers } = await server.request(
      'GET',
      `${PODS}/web/log?tailLines=5&timestamps=true&container=main&pretty=true`,
    );

    expect({ status, text, type: headers['content-type'] }).toEqual({
      status: 200,
      text: 'line\n',
      type: 'text/plain',
    });
    expect(seen).toEqual([['/containerLogs/default/web/main?timestamps=true&tailLines=5', 'kube-apiserver']]);
  });

  it('are streamed as they come', async () => {
    let write: (text: string) => void = () => {};
    handle = (_request, response) => {
      response.write('first\n');
      write = (text) => response.end(text);
    };

    const answer = server.request('GET', `${PODS}/web/log?follow=true`);
    await expect.poll(() => write).not.toBeUndefined();
    setTimeout(() => write('second\n'), 50);

    expect((await answer).text).toBe('first\nsecond\n');
  });

  it.each([
    [400, 'container is waiting', 400, 'BadRequest', 'container is waiting'],
    [500, 'broken', 500, 'InternalError', 'Internal error occurred: broken'],
    [404, 'none', 404, 'NotFound', 'the server could not find the requested resource ( pods/log web)'],
  ])('that a kubelet refuses with %d are refused', async (status, body, code, reason, message) => {
    handle = (_request, response) => response.writeHead(status).end(body);

    expect((await server.request('GET', `${PODS}/web/log`)).json).toMatchObject({ code, reason, message });
  });

  it('of a pod without a node are empty', async () => {
    expect(await server.request('GET', `${PODS}/unbound/log`)).toMatchObject({ status: 204, text: '' });
  });

  it.each([
    ['pair/log', 400, 'a container name must be specified for pod pair, choose one of: [a b]'],
    ['web/log?container=x', 400, 'container x is not valid for pod web'],
    ['none/log', 404, 'pods "none" not found'],
    ['lost/log', 404, 'nodes "gone" not found'],
    ['homeless/log', 500, 'node nowhere has no address of type InternalIP in its status'],
    ['web/log?tailLines=-1', 422, 'tailLines: Invalid value: -1: must be greater than or equal to 0'],
    ['web/log?sinceSeconds=0', 422, 'sinceSeconds: Invalid value: 0: must be greater than 0'],
    ['web/log?sinceSeconds=1&sinceTime=2026-01-01T00:00:00Z', 422, 'at most one of'],
    ['web/log?limitBytes=x', 400, 'invalid syntax'],
  ])('%s are refused', async (path, code, message) => {
    const { json } = await server.request('GET', `${PODS}/${path}`);

    expect(json.code).toBe(code);
    expect(json.message).toContain(message);
  });

  it('of a kubelet that is not there name the address that was tried', async () => {
    const { json } = await server.request('GET', `${PODS}/silent/log`);

    expect(json.code).toBe(500);
    expect(json.message).toContain('Get "https://127.0.0.1:1/containerLogs/default/silent/main"');
  });
});
