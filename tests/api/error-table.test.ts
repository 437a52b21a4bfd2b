import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SqlStatement } from '../../manager/adapters/embedded/sqlite-executor.js';
import { TOKENS } from '../../manager/app/tokens.js';
import { openApiDocument } from '../../manager/http/openapi-document.js';
import { grantsFor, signInWith } from '../support/test-accounts.js';
import { startTestManager, type TestManager } from '../support/test-manager.js';

interface Operation {
  readonly method: string;
  readonly url: string;
  readonly access: string;
  readonly hasBody: boolean;
}

const web = { labelSelectors: [{ key: 'app', value: 'web' }] };
const LARGEST_BODY_BYTES = 17 * 1024 * 1024;

let manager: TestManager;
let token: string;
let nobody: string;
let operations: Operation[] = [];
beforeAll(async () => {
  manager = await startTestManager();
  token = await manager.login();
  nobody = (await signInWith(manager, 'nobody', grantsFor([]))).token;
  const { paths } = openApiDocument(manager.api) as {
    paths: Record<string, Record<string, { 'x-access': string; requestBody?: object }>>;
  };
  operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      method: method.toUpperCase(),
      url: path.replaceAll(/\{\w+\}/g, 'f'.repeat(24)),
      access: operation['x-access'],
      hasBody: operation.requestBody !== undefined,
    })),
  );
});
afterAll(() => manager.stop());

async function send(method: string, url: string, body: string | undefined, by: string | undefined) {
  const response = await manager.api.request(url, {
    method,
    headers: {
      'x-request-id': 'asked-by-a-test',
      ...(by === undefined ? {} : { authorization: `Bearer ${by}` }),
    },
    ...(body === undefined ? {} : { body }),
  });
  return { status: response.status, headers: response.headers, body: JSON.parse(await response.text()) };
}

/** What every refusal is made of, whichever route refuses. */
function refusal(code: string) {
  return { success: false, error: expect.stringMatching(/./), code, requestId: 'asked-by-a-test' };
}

describe('every route answers in the error envelope', () => {
  it('400 what is no JSON and 413 what is too long, with the same words for all', async () => {
    const bodies = operations.filter(({ hasBody }) => hasBody);
    expect(bodies.length).toBeGreaterThan(5);
    for (const { method, url } of bodies) {
      const broken = await send(method, url, '{', token);
      expect([url, broken.status, broken.body]).toEqual([
        url,
        400,
        { ...refusal('malformed'), error: 'Invalid request body', details: expect.any(Array) },
      ]);
      const long = await send(method, url, `{"x":"${'x'.repeat(LARGEST_BODY_BYTES)}"}`, token);
      expect([url, long.status, long.body]).toEqual([url, 413, refusal('too_large')]);
    }
  });

  it('401 who sends no token, and 403 who may not', async () => {
    for (const { method, url, access, hasBody } of operations) {
      if (access === 'open') continue;
      const body = hasBody ? '{}' : undefined;
      const stranger = await send(method, url, body, undefined);
      expect([url, stranger.status, stranger.body]).toEqual([url, 401, refusal('unauthenticated')]);
      expect(stranger.headers.get('www-authenticate')).toBe('Bearer');
      if (access === 'signed in') continue;
      const refused = await send(method, url, body, nobody);
      expect([url, refused.status, refused.body]).toEqual([url, 403, refusal('forbidden')]);
    }
  });
});

describe('a refusal says which value is wrong', () => {
  it('422, with every fault', async () => {
    const body = JSON.stringify({ ...web, priority: 21, commandRegex: '(', typo: 1 });

    const answer = await send('POST', '/api/v1/strategies', body, token);

    expect([answer.status, answer.body]).toEqual([
      422,
      {
        ...refusal('invalid'),
        details: expect.arrayContaining(
          ['priority', 'commandRegex', 'typo'].map((field) => ({ field, reason: expect.any(String) })),
        ),
      },
    ]);
  });

  it('404 and 409, with what there is instead', async () => {
    const missing = JSON.stringify({ ...web, strategyId: 'f'.repeat(24) });
    expect(await send('PUT', '/api/v1/strategies', missing, token)).toMatchObject({
      status: 404,
      body: refusal('not_found'),
    });
    const { body } = await send('POST', '/api/v1/strategies', JSON.stringify(web), token);
    const late = JSON.stringify({ ...web, strategyId: body.data.id, revision: 9 });
    expect(await send('PUT', '/api/v1/strategies', late, token)).toMatchObject({
      status: 409,
      body: { ...refusal('conflict'), data: { revision: 1 } },
    });
  });

  it('429, with when to come again', async () => {
    const answers = await Promise.all(
      Array.from({ length: 30 }, () => send('GET', '/api/v1/audit/verify', undefined, token)),
    );

    const [throttled] = answers.filter(({ status }) => status === 429);
    expect(throttled?.body).toEqual(refusal('throttled'));
    expect(Number(throttled?.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
  });

  it('503, while the store fails', async () => {
    const worker = manager.container.get(TOKENS.databaseWorker);
    const run = worker.run.bind(worker);
    worker.run = async (statement: SqlStatement) =>
      statement.sql.startsWith('INSERT') ? { kind: 'failed', message: 'disk full' } : await run(statement);

    const answer = await send('POST', '/api/v1/strategies', JSON.stringify(web), token);
    worker.run = run;

    expect([answer.status, answer.body]).toEqual([503, refusal('unavailable')]);
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
  });
});
