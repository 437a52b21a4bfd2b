import { createServer, type RequestListener, type Server } from 'node:http';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { HttpClient } from './http-client.js';
import { parseServerAddress } from './server-address.js';

const forever = new AbortController().signal;
let server: Server | undefined;
let client: HttpClient | undefined;
afterEach(() => {
  client?.close();
  server?.closeAllConnections();
  server?.close();
});

async function serving(listener: RequestListener, timeoutMs = 5_000): Promise<HttpClient> {
  server = createServer(listener);
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  client = new HttpClient(parseServerAddress(`http://127.0.0.1:${port}/base`), timeoutMs, undefined);
  return client;
}

const get = { method: 'GET', path: '/thing?a=b', headers: { accept: 'x/y' } } as const;

describe('HttpClient', () => {
  it('sends what it is given, below the address of the server', async () => {
    const seen: unknown[] = [];
    const asked = await serving((request, response) => {
      const chunks: Buffer[] = [];
      request
        .on('data', (chunk) => chunks.push(chunk))
        .on('end', () => {
          seen.push([request.method, request.url, request.headers.accept, Buffer.concat(chunks).toString()]);
          response.writeHead(418, { 'x-request-id': 'r-1' }).end('tëa');
        });
    });

    const answer = await asked.send(get, forever);
    await asked.send({ ...get, method: 'DELETE', body: '{"ä":1}' }, forever);

    expect([answer.status, answer.header('x-request-id'), answer.text]).toEqual([418, 'r-1', 'tëa']);
    expect(seen).toEqual([
      ['GET', '/base/thing?a=b', 'x/y', ''],
      ['DELETE', '/base/thing?a=b', 'x/y', '{"ä":1}'],
    ]);
  });

  it('follows no redirect: what it sends is for one server', async () => {
    let requests = 0;
    const asked = await serving((_, response) => {
      requests++;
      response.writeHead(302, { location: 'http://127.0.0.1:1/' }).end();
    });

    expect((await asked.send(get, forever)).status).toBe(302);
    expect(requests).toBe(1);
  });

  it.each([
    ['before the answer', false],
    ['within the answer', true],
  ])('gives up after its time %s', async (_, begins) => {
    const asked = await serving((_, response) => void (begins && response.write('a')), 100);

    await expect(asked.send(get, forever)).rejects.toThrow(/no answer within 100 ms/);
  });

  it('ends with the reason of the signal', async () => {
    const asked = await serving(() => {});
    const end = new AbortController();
    const sent = asked.send(get, end.signal);
    end.abort('SIGINT');

    await expect(sent).rejects.toBe('SIGINT');
  });

  it.each([
    [
      'a connection that breaks off',
      'HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\na',
      /closed the connection|aborted/,
    ],
    ['what is no HTTP', 'SSH-2.0-OpenSSH\r\n', /closed the connection without a whole answer/],
  ])('tells in words of %s', async (_, bytes, words) => {
    const raw = createTcpServer((socket) => void socket.on('error', () => {}).end(bytes));
    await new Promise<void>((resolve) => raw.listen(0, '127.0.0.1', resolve));
    client = new HttpClient(
      parseServerAddress(`http://127.0.0.1:${(raw.address() as AddressInfo).port}`),
      5_000,
      undefined,
    );

    await expect(client.send(get, forever)).rejects.toThrow(words);
    raw.close();
  });

  it('says when TLS is spoken to a server that has none', async () => {
    const asked = await serving((_, response) => void response.end());
    const secure = parseServerAddress(asked.address.url.replace('http:', 'https:'));
    client = new HttpClient(secure, 5_000, undefined);

    await expect(client.send(get, forever)).rejects.toThrow(/does not speak TLS.*http:\/\//);
  });
});
