import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Agent, type Dispatcher, request } from 'undici';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DomainError } from '../../../shared/domain/domain-error.js';
import { systemClock } from '../../../shared/lifecycle/clock.js';
import { silentLogger } from '../../../shared/observability/logger.js';
import { type CertificateFiles, TestAuthority } from '../../../tests/support/certificates.js';
import { formatLogLine } from '../domain/log-line.js';
import { LogFile } from './log-file.js';
import { type LogRequest, LogServer } from './log-server.js';

let folder = '';
let authority: TestAuthority;
let server: LogServer;
let agent: Agent;
let log: LogFile;
let asked: LogRequest[] = [];

beforeEach(async () => {
  asked = [];
  folder = await mkdtemp(path.join(tmpdir(), 'podium-test-'));
  authority = await TestAuthority.create(folder);
  log = await LogFile.create(path.join(folder, '0.log'));
  await log.append(formatLogLine({ time: 'T', stream: 'stdout', complete: true, text: 'hello' }));
  const { certificate, key } = await authority.server('kubelet');
  server = new LogServer({
    host: '127.0.0.1',
    port: 0,
    certificate,
    privateKey: key,
    clientCertificateAuthority: authority.files.certificate,
    find: (request) => {
      asked.push(request);
      if (request.pod === 'none') throw new DomainError('not_found', 'pod "none" does not exist');
      return log;
    },
    clock: systemClock,
    logger: silentLogger,
  });
  await server.start();
  agent = agentWith(await authority.client('api-server', 'kube-apiserver'));
});
afterEach(async () => {
  await agent.destroy();
  await server.stop();
  await log.close();
  await rm(folder, { recursive: true });
});

/** A connection for every request, so that the later ones resume the TLS session of the first. */
function agentWith(client?: CertificateFiles): Agent {
  const ca = authority.files.certificate;
  const certificate = client === undefined ? {} : { cert: client.certificate, key: client.key };
  return new Agent({ pipelining: 0, connect: { ca, ...certificate } });
}

function get(pathAndQuery: string, dispatcher = agent): Promise<Dispatcher.ResponseData> {
  return request(`https://127.0.0.1:${server.port}${pathAndQuery}`, { dispatcher });
}

describe('LogServer', () => {
  it('serves the log of a container', async () => {
    const { statusCode, body } = await get('/containerLogs/web/nginx-1/main?previous=true&timestamps=true');

    expect(statusCode).toBe(200);
    expect(await body.text()).toBe('T hello\n');
    expect(asked).toEqual([{ namespace: 'web', pod: 'nginx-1', container: 'main', previous: true }]);
  });

  it('sends what comes to whoever follows, and lets go when the server stops', async () => {
    const { body } = await get('/containerLogs/web/nginx-1/main?follow=true&tailLines=0');
    const chunks = body[Symbol.asyncIterator]();

    await log.append(formatLogLine({ time: 'T', stream: 'stdout', complete: true, text: 'more' }));
    const { value } = await chunks.next();
    await server.stop();

    expect(String(value)).toBe('more\n');
    await expect(chunks.next()).rejects.toThrow();
  });

  it.each([
    ['/healthz', 200, 'ok'],
    ['/containerLogs/web/none/main', 404, 'pod "none" does not exist'],
    ['/containerLogs/web/nginx-1/main?tailLines=x', 400, 'tailLines: must be a whole number'],
    ['/exec/web/nginx-1/main', 404, 'this kubelet serves only /containerLogs and /healthz'],
  ])('answers GET %s with %i', async (url, status, text) => {
    const { statusCode, body } = await get(url);

    expect(statusCode).toBe(status);
    expect(await body.text()).toContain(text);
  });

  it('answers 401 to clients without a certificate, or with one of another authority', async () => {
    const other = await TestAuthority.create(folder, 'other');
    const strangers = [agentWith(), agentWith(await other.client('stranger', 'kube-apiserver'))];

    for (const stranger of strangers) {
      for (const url of ['/healthz', '/healthz', '/containerLogs/web/nginx-1/main']) {
        const { statusCode, body } = await get(url, stranger);
        expect([statusCode, await body.text()]).toEqual([401, 'Unauthorized']);
      }
      await stranger.destroy();
    }
    expect(asked).toEqual([]);
  });
});
