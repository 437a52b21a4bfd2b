import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { TLSSocket } from 'node:tls';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { TestAuthority } from '../../tests/support/certificates.js';
import { ScriptedApi } from '../../tests/support/scripted-api.js';
import { type Connection, connect } from './connection.js';
import { KubeClient } from './kube-client.js';

const never = new AbortController().signal;
let folder = '';
let api: ScriptedApi;
let connection: Connection | undefined;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'podium-test-'));
  api = await ScriptedApi.start();
});
afterEach(async () => {
  await connection?.close();
  await api.stop();
  await rm(folder, { recursive: true });
});

function client(access: Partial<Parameters<typeof connect>[0]> = {}): KubeClient {
  connection = connect({ server: api.url, insecureSkipTlsVerify: false, ...access });
  return new KubeClient(connection.send);
}

describe('KubeClient', () => {
  it('sends each verb with the type of its body', async () => {
    const kube = client({ token: 'secret' });

    await kube.get('/api/v1/nodes/n1', never);
    await kube.create('/api/v1/nodes', { kind: 'Node' }, never);
    await kube.patch('/api/v1/nodes/n1', 'strategic', { a: 1 }, never);
    await kube.patch('/api/v1/nodes/n1', 'merge', { a: 2 }, never);
    await kube.delete('/api/v1/nodes/n1', { uid: 'u', gracePeriodSeconds: 0 }, never);

    expect(api.received.map(({ method, path, body }) => [method, path, body])).toEqual([
      ['GET', '/api/v1/nodes/n1', undefined],
      ['POST', '/api/v1/nodes', { kind: 'Node' }],
      ['PATCH', '/api/v1/nodes/n1', { a: 1 }],
      ['PATCH', '/api/v1/nodes/n1', { a: 2 }],
      [
        'DELETE',
        '/api/v1/nodes/n1',
        { apiVersion: 'v1', kind: 'DeleteOptions', gracePeriodSeconds: 0, preconditions: { uid: 'u' } },
      ],
    ]);
    expect(api.received.map(({ headers }) => headers['content-type'])).toEqual([
      undefined,
      'application/json',
      'application/strategic-merge-patch+json',
      'application/merge-patch+json',
      'application/json',
    ]);
    expect(api.received[0]?.headers.authorization).toBe('Bearer secret');
  });

  it("gives the server's reason for a refusal", async () => {
    api.script = () => ({ status: 409, body: { kind: 'Status', message: 'taken', reason: 'AlreadyExists' } });

    await expect(client().get('/x', never)).rejects.toMatchObject({
      name: 'KubeError',
      status: 409,
      reason: 'AlreadyExists',
      message: 'HTTP 409: taken',
    });
  });

  it('keeps the path of the server address and reads the token from its file', async () => {
    const tokenFile = path.join(folder, 'token');
    await writeFile(tokenFile, 'from-file\n');

    await client({ server: `${api.url}/clusters/one`, tokenFile }).get('/api', never);

    expect(api.received[0]).toMatchObject({
      path: '/clusters/one/api',
      headers: { authorization: 'Bearer from-file' },
    });
  });

  it('is aborted by the signal', async () => {
    const kube = client();
    const end = new AbortController();
    end.abort();

    await expect(kube.get('/x', end.signal)).rejects.toThrow('aborted');
  });
});

describe('connect', () => {
  let server: Server;
  let authority: TestAuthority;

  beforeEach(async () => {
    authority = await TestAuthority.create(folder);
    const { certificate, key } = await authority.server('server');
    const ca = authority.files.certificate;
    server = createServer({ cert: certificate, key, ca, requestCert: true }, (request, response) => {
      const subject = (request.socket as TLSSocket).getPeerCertificate().subject;
      response.end(JSON.stringify({ client: subject.CN }));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  afterEach(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  it('shows its certificate to a server of the right authority', async () => {
    const { certFile, keyFile } = await authority.client('client', 'system:node:n1');
    const kube = client({
      server: `https://127.0.0.1:${(server.address() as AddressInfo).port}`,
      certificateAuthority: authority.files.certificate,
      clientCertificate: await readFile(certFile, 'utf8'),
      clientKey: await readFile(keyFile, 'utf8'),
    });

    expect(await kube.get('/', never)).toEqual({ client: 'system:node:n1' });
  });

  it('does not talk to a server of another authority', async () => {
    const other = await TestAuthority.create(folder, 'other');
    const kube = client({
      server: `https://127.0.0.1:${(server.address() as AddressInfo).port}`,
      certificateAuthority: other.files.certificate,
    });

    await expect(kube.get('/', never)).rejects.toThrow(/certificate/);
  });
});
