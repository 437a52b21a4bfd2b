import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestManager, type TestManager } from '../support/test-manager.js';

let manager: TestManager;
beforeAll(async () => {
  manager = await startTestManager();
});
afterAll(() => manager.stop());

describe('the documentation pages', () => {
  it.each([
    ['/swagger/index.html', 'text/html; charset=utf-8'],
    ['/swagger/init.js', 'text/javascript; charset=utf-8'],
    ['/swagger/swagger-ui.css', 'text/css; charset=utf-8'],
    ['/swagger/swagger-ui-bundle.js', 'text/javascript; charset=utf-8'],
    ['/swagger/favicon-32x32.png', 'image/png'],
    ['/swagger/doc.json', 'application/json'],
  ])('serve %s from here', async (path, type) => {
    const response = await manager.api.request(path);

    expect([response.status, response.headers.get('content-type')]).toEqual([200, type]);
    expect((await response.arrayBuffer()).byteLength).toBeGreaterThan(100);
    expect(response.headers.get('content-security-policy')).toContain("script-src 'self'");
  });

  it.each(['/', '/swagger', '/swagger/'])('are where %s leads', async (path) => {
    const response = await manager.api.request(path);

    expect([response.status, response.headers.get('location')]).toEqual([302, '/swagger/index.html']);
  });

  it('ask nobody else for anything', async () => {
    for (const path of ['/swagger/index.html', '/swagger/init.js']) {
      expect(await (await manager.api.request(path)).text()).not.toMatch(/https?:\/\//);
    }
  });
});

describe('the operational routes', () => {
  it.each(['/health', '/ready', '/version', '/metrics'])('%s is open, and for GET only', async (path) => {
    expect((await manager.api.request(path)).status).toBe(200);
    const wrong = await manager.api.request(path, { method: 'POST' });
    expect([wrong.status, await wrong.json()]).toEqual([405, { message: 'Method Not Allowed' }]);
  });

  it('say the public words', async () => {
    expect(await (await manager.api.request('/health')).json()).toEqual({
      status: 'healthy',
      timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
      service: 'BSS Metrics API Server',
    });
  });
});
