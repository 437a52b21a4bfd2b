import { z } from '@hono/zod-openapi';
import { describe, expect, it } from 'vitest';
import { int64 } from '../contract/wire-integer.js';
import { DomainError } from '../domain/domain-error.js';
import { systemClock } from '../lifecycle/clock.js';
import { createLogger, silentLogger } from '../observability/logger.js';
import { Registry } from '../observability/metrics.js';
import { success } from './answers.js';
import { createApi } from './create-api.js';
import { HttpMetrics } from './http-metrics.js';
import { open, requires, route } from './route.js';

const Body = z.object({ name: z.string().default(''), priority: int64().optional() });

function anApi(logger = silentLogger) {
  const registry = new Registry();
  const api = createApi<string>({
    logger,
    clock: systemClock,
    metrics: new HttpMetrics(registry),
    malformedText: 'Invalid request body',
    authorize: async (access, caller) => {
      if (caller.header('authorization') === undefined) {
        throw new DomainError('unauthenticated', 'Missing Authorization header');
      }
      if (access.kind === 'permission' && caller.header('authorization') !== access.key) {
        throw new DomainError('forbidden', 'permission denied');
      }
      return 'somebody';
    },
  });
  api.mount([
    route(
      {
        method: 'post',
        path: '/api/v1/things/{id}',
        summary: 'Makes a thing',
        tag: 'things',
        access: requires('thing.create'),
        params: z.object({ id: z.string().regex(/^\d+$/, 'must be digits') }),
        body: Body,
        bodyLimitBytes: 200,
        answers: { 200: { description: 'Made' } },
      },
      ({ params, body, unknownKeys, principal }) =>
        success(0, { ...params, ...body, unknownKeys, principal }),
    ),
    route(
      {
        method: 'post',
        path: '/api/v1/reports',
        summary: 'x',
        tag: 'x',
        access: open,
        routine: true,
        body: Body,
        answers: {},
      },
      () => success(0),
    ),
    route(
      { method: 'get', path: '/api/v1/broken', summary: 'x', tag: 'x', access: open, answers: {} },
      () => {
        throw new Error('secret inside');
      },
    ),
  ]);
  const post = (path: string, body: string, authorization: string | null = 'thing.create') =>
    api.app.request(path, {
      method: 'POST',
      body,
      headers: authorization === null ? {} : { authorization },
    });
  return { api, registry, post };
}

describe('createApi', () => {
  it('gives the handler checked input and answers in the envelope', async () => {
    const response = await anApi().post('/api/v1/things/7', '{"NAME":"x","zzz":1} and more');

    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('application/json');
    expect(await response.text()).toBe(
      '{"success":true,"data":{"id":"7","name":"x","unknownKeys":["zzz"],"principal":"somebody"},' +
        '"timestamp":"1970-01-01T00:00:00Z"}\n',
    );
  });

  it.each([
    ['broken JSON', '{', 400, { error: 'Invalid request body', code: 'malformed' }],
    ['an empty body', '', 400, { code: 'malformed' }],
    ['a wrong type', '{"name":5}', 400, { details: [{ field: 'name', reason: expect.any(String) }] }],
    ['an exponent for an integer', '{"priority":2e7}', 400, { code: 'malformed' }],
    ['a body over its limit', `{"name":"${'x'.repeat(200)}"}`, 413, { code: 'too_large' }],
  ])('refuses %s', async (_title, body, status, expected) => {
    const response = await anApi().post('/api/v1/things/7', body);

    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({
      success: false,
      requestId: expect.any(String),
      ...expected,
    });
  });

  it('reports every wrong type of a body at once', async () => {
    const response = await anApi().post('/api/v1/things/7', '{"name":5,"priority":"1"}');

    expect(((await response.json()) as { details: unknown[] }).details).toHaveLength(2);
  });

  it('asks who calls before it looks at the body', async () => {
    expect((await anApi().post('/api/v1/things/7', '{', null)).status).toBe(401);
    expect((await anApi().post('/api/v1/things/7', '{', 'thing.read')).status).toBe(403);
  });

  it('refuses a path parameter against its rule', async () => {
    const response = await anApi().post('/api/v1/things/x', '{}');

    expect(response.status).toBe(422);
    expect(await response.json()).toMatchObject({ details: [{ field: 'id', reason: 'must be digits' }] });
  });

  it('tells nobody what broke inside', async () => {
    const response = await anApi().api.app.request('/api/v1/broken');

    expect(response.status).toBe(500);
    expect(await response.text()).not.toContain('secret');
  });

  it('tells the log why it refused, but never what a malformed body held', async () => {
    const lines: string[] = [];
    const api = anApi(
      createLogger({ name: 'test', level: 'info', destination: { write: (line) => void lines.push(line) } }),
    );

    await api.post('/api/v1/things/x', '{}');
    await api.post('/api/v1/things/1', '{"name": hunter2}');
    await api.post('/api/v1/things/1', '{}');

    const refusals = lines.map((line) => JSON.parse(line));
    expect(refusals).toMatchObject([
      { status: 422, code: 'invalid', reason: 'id: must be digits' },
      { status: 400, code: 'malformed' },
      { status: 200 },
    ]);
    expect(refusals[2]).not.toHaveProperty('code');
    expect(lines.join()).not.toContain('hunter2');
  });

  it('leaves out of the log what a machine sends again and again, but not what it does wrong', async () => {
    const lines: string[] = [];
    const api = anApi(
      createLogger({ name: 'test', level: 'info', destination: { write: (line) => void lines.push(line) } }),
    );

    await api.post('/api/v1/reports', '{}');
    await api.post('/api/v1/reports', '[]');

    expect(lines.map((line) => JSON.parse(line).status)).toEqual([400]);
  });

  it('answers unknown paths, wrong methods and HEAD under /api as the public API does', async () => {
    const { app } = anApi().api;

    for (const [method, path] of [
      ['GET', '/api/v1/nope'],
      ['GET', '/api/v1/things/7'],
      ['OPTIONS', '/api/v1/things/7'],
      ['HEAD', '/api/v1/broken'],
      ['POST', '/api/v1/things/7/'],
    ] as const) {
      const response = await app.request(path, { method });
      expect([method, path, response.status]).toEqual([method, path, 404]);
    }
    expect(await (await app.request('/api/v1/nope')).json()).toEqual({ message: 'Not Found' });
  });

  it('takes a double slash at the beginning of a path', async () => {
    expect((await anApi().post('//api/v1/things/7', '{}')).status).toBe(200);
  });

  it('keeps a sensible request id of the client and makes one otherwise', async () => {
    const { app } = anApi().api;
    const ask = (id: string) => app.request('/api/v1/broken', { headers: { 'x-request-id': id } });

    expect((await ask('abc-1')).headers.get('x-request-id')).toBe('abc-1');
    expect((await ask('a b\tc'.repeat(50))).headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('measures by route template', async () => {
    const { registry, post } = anApi();

    await post('/api/v1/things/7', '{}');

    expect(await registry.metrics()).toContain(
      'podium_http_request_duration_seconds_count{method="post",route="/api/v1/things/{id}",status="200"} 1',
    );
  });

  it('writes access and schemas into the OpenAPI document', () => {
    const document = anApi().api.app.getOpenAPI31Document({
      openapi: '3.1.0',
      info: { title: 't', version: '1' },
    });

    expect(document.paths?.['/api/v1/things/{id}']?.post).toMatchObject({
      'x-access': 'thing.create',
      security: [{ bearer: [] }],
      requestBody: {
        content: {
          'application/json': {
            schema: { properties: { priority: { type: 'integer', format: 'int64' } } },
          },
        },
      },
    });
  });
});
