import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import type { Component } from '../lifecycle/component.js';
import { jsonResponse, webResponse } from './answers.js';
import { DEFAULT_LIMITS, type Fetch, type ServerLimits } from './node-server.js';
import { httpServer } from './serve.js';

const started: Component[] = [];
afterEach(async () => {
  for (const component of started.splice(0)) await component.stop(AbortSignal.timeout(1_000));
});

const REQUEST = 'GET / HTTP/1.1\r\nhost: a\r\n\r\n';

const hello: Fetch = () => webResponse(jsonResponse(200, { hello: 'you' }));

async function listening(fetch: Fetch, limits: Partial<ServerLimits> = {}): Promise<number> {
  const server = httpServer({
    name: 'test',
    address: { host: '127.0.0.1', port: 0 },
    fetch,
    limits: { ...DEFAULT_LIMITS, ...limits },
  });
  started.push(server);
  await server.start(new AbortController().signal);
  return server.port() ?? 0;
}

/** Everything that comes back until the server closes the connection. */
async function saidTo(port: number, write: (socket: Socket) => void): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  const chunks: Buffer[] = [];
  socket.on('data', (chunk: Buffer) => chunks.push(chunk));
  socket.on('error', () => {});
  await once(socket, 'connect');
  write(socket);
  await new Promise((resolve) => socket.once('close', resolve));
  return Buffer.concat(chunks).toString();
}

function statusAndBody(text: string): { status: number; body: unknown } {
  const [head = '', body = ''] = text.split('\r\n\r\n');
  return { status: Number(head.split(' ')[1]), body: JSON.parse(body) };
}

describe('what is no request that a route could see', () => {
  it.each([
    ['no HTTP', 'hello\r\n\r\n', 400],
    ['another protocol', 'GET / SPDY/3\r\n\r\n', 400],
    ['a space in a header’s name', 'GET / HTTP/1.1\r\nhost: a\r\nx y: z\r\n\r\n', 400],
    ['no host', 'GET / HTTP/1.1\r\nconnection: close\r\n\r\n', 400],
    ['a host that is none', 'GET / HTTP/1.1\r\nhost: a b/c@d\r\nconnection: close\r\n\r\n', 400],
    ['two lengths', 'POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n', 400],
    [
      'a length and chunks',
      'POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 1\r\ntransfer-encoding: chunked\r\n\r\n',
      400,
    ],
    ['headers without end', `GET / HTTP/1.1\r\nhost: a\r\nx: ${'y'.repeat(40_000)}`, 431],
    ['very many headers', `GET / HTTP/1.1\r\nhost: a\r\n${'x: y\r\n'.repeat(9_000)}\r\n`, 431],
    ['a target without end', `GET /${'y'.repeat(40_000)} HTTP/1.1\r\n`, 431],
    ['chunks with long extensions', `${chunkedHead()}1;${'e'.repeat(20_000)}\r\nx\r\n`, 413],
    ['chunks without a size', `${chunkedHead()}zz\r\n`, 400],
  ])('is refused in the envelope: %s', async (_title, text, status) => {
    const port = await listening(async (request) => {
      await request.text().catch(() => '');
      return webResponse(jsonResponse(200, {}));
    });

    const answer = statusAndBody(await saidTo(port, (socket) => socket.write(text)));

    expect(answer).toMatchObject({ status, body: { success: false, error: expect.stringMatching(/\w/) } });
  });

  it.each([
    ['headers', 'GET / HTTP/1.1\r\nhost: a\r\n', { headersTimeoutMs: 200 }],
    ['a body', 'POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 5\r\n\r\nab', { requestTimeoutMs: 200 }],
    ['chunks', `${chunkedHead()}1\r\na\r\n`, { requestTimeoutMs: 200 }],
  ])('is refused when its %s do not come', async (_title, text, limits) => {
    const port = await listening(
      async (request) => {
        await request.text().catch(() => '');
        return webResponse(jsonResponse(200, {}));
      },
      { headersTimeoutMs: 200, ...limits },
    );

    const answer = statusAndBody(await saidTo(port, (socket) => socket.write(text)));

    expect(answer).toMatchObject({ status: 408, body: { success: false, code: 'malformed' } });
  });

  it('never ends up in the middle of another answer', async () => {
    const megabytes = 'x'.repeat(32 * 1024 * 1024);
    const port = await listening(() => webResponse(jsonResponse(200, { megabytes })));

    const text = await saidTo(port, (socket) => {
      socket.pause();
      socket.write(REQUEST);
      setTimeout(() => socket.write('garbage\r\n\r\n'), 50);
      setTimeout(() => socket.resume(), 150);
    });

    expect(text.match(/HTTP\/1.1/g)).toHaveLength(1);
  });
});

function chunkedHead(): string {
  return 'POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n';
}

describe('the address of a caller', () => {
  it('is never that of a Unix socket for one who reset the connection since', async () => {
    const addresses: unknown[] = [];
    const port = await listening((request, bindings) => {
      addresses.push(bindings.remoteAddress);
      return hello(request, bindings);
    });

    for (let round = 0; round < 20; round++) {
      const socket = connect(port, '127.0.0.1');
      socket.on('error', () => {});
      await once(socket, 'connect');
      socket.write('GET / HTTP/1.1\r\nhost: a\r\n\r\n', () => socket.resetAndDestroy());
      await new Promise((resolve) => setTimeout(resolve, 5));
    }

    expect(addresses.length).toBeGreaterThan(0);
    expect(addresses.filter((address) => address !== '' && address !== '127.0.0.1')).toEqual([]);
  });
});

describe('connections', () => {
  it('above the limit are closed at once, and the others served', async () => {
    const port = await listening(hello, { maxConnections: 2 });
    const kept = [connect(port, '127.0.0.1'), connect(port, '127.0.0.1')];
    await Promise.all(kept.map((socket) => once(socket, 'connect')));

    expect(await saidTo(port, (socket) => socket.write(REQUEST))).toBe('');

    kept[0]?.write(REQUEST);
    const [answer] = await once(kept[0] as Socket, 'data');
    expect(String(answer)).toContain('200 OK');
    for (const socket of kept) socket.destroy();
  });

  it('that have sent nothing yet, or not all, do not hold up the end', async () => {
    const port = await listening(hello);
    const silent = [connect(port, '127.0.0.1'), connect(port, '127.0.0.1')];
    await Promise.all(silent.map((socket) => once(socket, 'connect')));
    silent[1]?.write('GET / HTTP/1.1\r\nhost');
    await new Promise((resolve) => setTimeout(resolve, 20));

    const late = AbortSignal.timeout(10_000);
    await started.splice(0)[0]?.stop(late);

    expect(late.aborted).toBe(false);
    for (const socket of silent) socket.destroy();
  });

  it('of callers that ask without a pause end with a whole answer', async () => {
    const port = await listening(async () => {
      await new Promise((resolve) => setTimeout(resolve, 30));
      return webResponse(jsonResponse(200, { hello: 'you' }));
    });
    const asking = saidTo(port, (socket) => {
      socket.write(REQUEST);
      socket.on('data', () => socket.write(REQUEST));
    });
    await new Promise((resolve) => setTimeout(resolve, 100));

    const late = AbortSignal.timeout(3_000);
    await started.splice(0)[0]?.stop(late);

    expect(late.aborted).toBe(false);
    const said = await asking;
    expect(said.match(/200 OK/g)?.length).toBe(said.match(/{"hello":"you"}/g)?.length);
    expect(said.toLowerCase()).toContain('connection: close');
  });
});
