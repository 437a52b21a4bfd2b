import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { connect } from 'node:tls';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type CertificateFiles, TestAuthority } from '../support/certificates.js';
import { eventually } from '../support/eventually.js';
import { httpCall } from '../support/http-call.js';
import { ADMIN, startTestManager, type TestManager } from '../support/test-manager.js';

let folder: string;
let authority: TestAuthority;
let manager: TestManager | undefined;
beforeEach(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'podium-manager-tls-'));
  authority = await TestAuthority.create(folder);
});
afterEach(async () => {
  await manager?.stop();
  manager = undefined;
  rmSync(folder, { recursive: true });
});

function put({ certificate, key }: CertificateFiles): void {
  writeFileSync(path.join(folder, 'tls.crt'), certificate);
  writeFileSync(path.join(folder, 'tls.key'), key);
}

async function start(tls: Record<string, unknown> = {}): Promise<TestManager> {
  const files = { cert_file: path.join(folder, 'tls.crt'), key_file: path.join(folder, 'tls.key') };
  const sections = { tls: { enable: true, ...files, ...tls } };
  manager = await startTestManager({ listen: true, sections });
  return manager;
}

const call = (path: string, options = {}) =>
  httpCall({ port: manager?.port() ?? 0, tls: { ca: authority.files.certificate } }, path, options);

describe("the manager's own port with TLS", () => {
  it('signs people in, and sends browsers back over https only', async () => {
    put(await authority.server('first'));
    await start();

    const answer = await call('/api/v1/auth/login', { method: 'POST', body: JSON.stringify(ADMIN) });
    expect(answer.status).toBe(200);
    for (const address of ['/health', '/api/v1/nodes', '/nothing', '/.well-known/jwks.json']) {
      const { headers } = await call(address);
      expect([address, headers['strict-transport-security']]).toEqual([address, 'max-age=31536000']);
    }
  });

  it('takes a renewed certificate into use without a restart, and keeps the old one when the new one is bad', async () => {
    const [first, second] = [await authority.server('first'), await authority.server('second')];
    put(first);
    const { metrics } = await start();
    const before = (await call('/health')).serialNumber;

    put(second);
    await eventually(async () => expect((await call('/health')).serialNumber).not.toBe(before));
    const renewed = (await call('/health')).serialNumber;

    writeFileSync(path.join(folder, 'tls.key'), first.key);
    await eventually(async () =>
      expect(await metrics()).toMatch(/podium_manager_listener_certificate_reload_failures_total 1/),
    );
    expect((await call('/health')).serialNumber).toBe(renewed);
  }, 40_000);

  it('speaks neither plain HTTP nor an old version of TLS', async () => {
    put(await authority.server('first'));
    const { port } = await start();

    await expect(httpCall({ port: port() }, '/health')).rejects.toThrow();
    const old = new Promise((resolve, reject) => {
      const socket = connect(
        {
          port: port(),
          host: '127.0.0.1',
          ca: authority.files.certificate,
          maxVersion: 'TLSv1.1',
          minVersion: 'TLSv1',
        },
        () => resolve('connected'),
      );
      socket.on('error', reject);
    });
    await expect(old).rejects.toThrow();
  });

  it('starts with an expired certificate, because the agents need their sets, and says so', async () => {
    put(await authority.server('old', -1));
    const { api } = await start({ hsts_max_age_sec: 0 });

    const ready: unknown = await (await api.request('/ready')).json();
    expect(ready).toHaveProperty(
      'checks',
      expect.arrayContaining([
        {
          name: 'certificate',
          problem: null,
          note: expect.stringContaining('expired at'),
        },
      ]),
    );
    expect((await api.request('/health')).headers.get('strict-transport-security')).toBeNull();
  });

  it.each([
    ['a missing file', {}, 'tls.crt cannot be read'],
    ['a certificate twice', { cert_pem: 'x' }, 'must be given once where TLS is on'],
  ])('refuses %s', async (_title, tls, words) => {
    await expect(start(tls)).rejects.toThrow(words);
  });
});
