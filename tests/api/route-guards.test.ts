import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PERMISSION_KEYS } from '../../manager/domain/permission.js';
import { openApiDocument } from '../../manager/http/openapi-document.js';
import { startTestManager, type TestManager } from '../support/test-manager.js';

interface Operation {
  readonly method: string;
  readonly path: string;
  readonly access: string;
}

/** Routes that anybody may call. A new one is added here on purpose or not at all. */
const OPEN = [
  'post /api/v1/auth/login',
  'get /.well-known/jwks.json',
  'get /api/v1/auth/oidc/login',
  'get /api/v1/auth/oidc/callback',
  'post /api/v1/auth/oidc/token',
  'post /api/v1/auth/refresh',
  'post /api/v1/auth/logout',
];

let manager: TestManager;
let operations: Operation[] = [];
beforeAll(async () => {
  manager = await startTestManager();
  const { paths } = openApiDocument(manager.api) as {
    paths: Record<string, Record<string, { 'x-access': string }>>;
  };
  operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ method, path, access: operation['x-access'] })),
  );
});
afterAll(() => manager.stop());

describe('every route of the document', () => {
  it('says who may call it, with a permission that exists', () => {
    expect(operations.length).toBeGreaterThan(8);
    for (const { method, path, access } of operations) {
      if (access === 'open') expect(OPEN).toContain(`${method} ${path}`);
      else expect([...PERMISSION_KEYS, 'signed in']).toContain(access);
    }
  });

  it('refuses a call without a token, unless it is open on purpose', async () => {
    for (const { method, path, access } of operations) {
      if (access === 'open') continue;
      const url = path.replaceAll(/\{\w+\}/g, 'f'.repeat(24));
      const { status } = await manager.call(method.toUpperCase(), url, method === 'get' ? undefined : {});
      expect([method, path, status]).toEqual([method, path, 401]);
    }
  });
});
