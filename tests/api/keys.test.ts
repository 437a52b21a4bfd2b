import { createPublicKey } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { generateRsaKey, keyId, publicHalf, toPkcs8Pem, toSpkiPem } from '../../shared/auth/keys.js';
import { eventually } from '../support/eventually.js';
import { startTestManager, type TestManager } from '../support/test-manager.js';

let manager: TestManager | undefined;
afterEach(async () => {
  await manager?.stop();
  manager = undefined;
});

async function start(key: Record<string, unknown> = {}): Promise<TestManager> {
  manager = await startTestManager({ sections: { key: { rotation_overlap_sec: 1, ...key } } });
  return manager;
}

const kidOf = (token: string) =>
  JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString()).kid;

describe('signing keys', () => {
  it('are rotated while tokens of both keys are good', async () => {
    const { call, login } = await start();
    const token = await login();
    const { body: before } = await call('GET', '/api/v1/keys', undefined, token);
    expect(before.data.keys).toMatchObject([{ kid: kidOf(token), state: 'active', configured: false }]);

    const { status, body } = await call('POST', '/api/v1/keys/rotate', undefined, token);
    expect(status).toBe(200);
    expect(body.data).toMatchObject({ state: 'upcoming', retiresTime: null });
    expect((await call('POST', '/api/v1/keys/rotate', undefined, token)).status).toBe(409);

    await eventually(async () => expect(kidOf(await login())).toBe(body.data.kid));
    const { body: after } = await call('GET', '/api/v1/keys', undefined, token);
    expect(after.data.keys).toMatchObject([
      { kid: kidOf(token), state: 'retiring', removedTime: expect.any(Number) },
      { kid: body.data.kid, state: 'active' },
    ]);
    expect(JSON.stringify(after)).not.toMatch(/PRIVATE|"d"|"n"/);
  });

  it('are published without an envelope, as the agents get them, with a tag', async () => {
    const { api, call, login, stateFolder } = await start();
    await call('POST', '/api/v1/keys/rotate', undefined, await login());
    const answer = await api.request('/.well-known/jwks.json');
    const text = await answer.text();

    expect(answer.headers.get('cache-control')).toBe('public, max-age=60');
    expect(JSON.parse(text)).toEqual(JSON.parse(await readFile(path.join(stateFolder, 'jwks.json'), 'utf8')));
    const { keys } = JSON.parse(text);
    expect(keys).toHaveLength(2);
    for (const key of keys) {
      expect(Object.keys(key).toSorted()).toEqual(['alg', 'e', 'kid', 'kty', 'n', 'use']);
      expect(keyId(createPublicKey({ key, format: 'jwk' }))).toBe(key.kid);
    }
    const again = await api.request('/.well-known/jwks.json', {
      headers: { 'if-none-match': answer.headers.get('etag') ?? '' },
    });
    expect([again.status, await again.text()]).toEqual([304, '']);
  });

  it('that the operator keeps are rotated by the operator', async () => {
    const [current, previous] = [await generateRsaKey(), await generateRsaKey()];
    const { call, login } = await start({
      rsa_private_key_pem: toPkcs8Pem(current),
      previous_public_keys_pem: [toSpkiPem(publicHalf(previous))],
    });
    const token = await login();

    expect(kidOf(token)).toBe(keyId(current));
    const { status, body } = await call('POST', '/api/v1/keys/rotate', undefined, token);
    expect([status, body.error]).toEqual([409, expect.stringContaining('key.previous_public_keys_pem')]);
    const { body: listed } = await call('GET', '/api/v1/keys', undefined, token);
    expect(listed.data.keys).toMatchObject([
      { kid: keyId(previous), state: 'retiring', createdTime: null },
      { kid: keyId(current), state: 'active', configured: true },
    ]);
  });
});
