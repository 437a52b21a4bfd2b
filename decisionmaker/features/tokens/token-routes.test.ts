import type { KeyObject } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { generateRsaKey, toSpkiPem } from '../../../shared/auth/keys.js';
import { PATHS } from '../../../shared/contract/decision-maker-api.js';
import { createApi } from '../../../shared/http/create-api.js';
import { HttpMetrics } from '../../../shared/http/http-metrics.js';
import { systemClock } from '../../../shared/lifecycle/clock.js';
import { silentLogger } from '../../../shared/observability/logger.js';
import { createRegistry } from '../../../shared/observability/metrics.js';
import type { Principal } from '../../domain/principal.js';
import { CallerNetworks } from './caller-networks.js';
import { tokenRoutes } from './token-routes.js';
import { TokenService } from './token-service.js';

let key: KeyObject;
let otherKey: KeyObject;
beforeAll(async () => {
  [key, otherKey] = await Promise.all([generateRsaKey(), generateRsaKey()]);
});

function aService(legacyManagers: boolean, clock = systemClock): TokenService {
  const agentKey = { privateKey: () => key };
  return new TokenService({ agentKey, lifetimeSec: 86_400, legacyManagers, clock });
}

/** Asks for a token from an address, and tells whose rights it carries. */
async function asked(
  remoteAddress: string | undefined,
  body: object,
  networks: readonly string[] = ['10.0.0.0/8', 'fd00::/8', '127.0.0.2'],
): Promise<{ status: number; kind: Principal['kind'] | undefined; lifetimeSec: number }> {
  const service = aService(networks.length > 0);
  const api = createApi<Principal>({
    logger: silentLogger,
    clock: systemClock,
    metrics: new HttpMetrics(createRegistry()),
    authorize: () => Promise.reject(new Error('the route is open')),
    malformedText: 'Invalid request payload',
  });
  const managerNetworks = new CallerNetworks(networks);
  api.mount(tokenRoutes({ service, managerNetworks, clock: systemClock }));
  const request = { method: 'POST', body: JSON.stringify({ public_key: toSpkiPem(key), ...body }) };
  const response = await api.app.request(PATHS.token, request, { remoteAddress });
  const answer = (await response.json()) as { data?: { token: string; expired_at: number } };
  const token = answer.data?.token;
  return {
    status: response.status,
    kind: token === undefined ? undefined : (await service.verify(token)).principal.kind,
    lifetimeSec: Math.round((answer.data?.expired_at ?? 0) - Date.now() / 1_000),
  };
}

describe('POST /api/v1/auth/token', () => {
  it.each(['10.1.2.3', '::ffff:10.1.2.3', 'fd00::5', '127.0.0.2'])(
    'gives a client from %s a manager’s rights for a day, where the setting says so',
    async (address) => {
      const { status, kind, lifetimeSec } = await asked(address, { client_id: 'manager-client' });

      expect([status, kind]).toEqual([200, 'manager']);
      expect(Math.abs(lifetimeSec - 86_400)).toBeLessThan(60);
    },
  );

  it.each(['127.0.0.1', '::1', '::ffff:127.0.0.1', undefined])(
    'gives a caller on this machine, at %s, a scheduler’s token, whatever it calls itself',
    async (address) => {
      expect(await asked(address, { client_id: 'manager-client' })).toMatchObject({ kind: 'scheduler' });
      expect(await asked(address, {})).toMatchObject({ kind: 'scheduler' });
    },
  );

  it.each([
    ['without a client_id', '10.1.2.3', {}],
    ['with an empty client_id', '10.1.2.3', { client_id: '' }],
    ['from another network', '192.0.2.1', { client_id: 'manager-client' }],
    ['whose address cannot be told', '', { client_id: 'manager-client' }],
  ])('gives none to a caller %s that is not on this machine', async (_title, address, body) => {
    expect(await asked(address, body)).toMatchObject({ status: 403, kind: undefined });
  });

  it('gives none to anybody elsewhere where the setting is off', async () => {
    expect(await asked('10.1.2.3', { client_id: 'manager-client' }, [])).toMatchObject({ status: 403 });
  });

  it('gives none for another key', async () => {
    const body = { client_id: 'manager-client', public_key: toSpkiPem(otherKey) };

    expect(await asked('10.1.2.3', body)).toMatchObject({ status: 401, kind: undefined });
  });
});

describe('a first-generation manager’s token', () => {
  it('is good after a restart, and no longer once the setting is off', async () => {
    const { token } = await aService(true).exchange(toSpkiPem(key), 'manager-client', 'manager');

    expect((await aService(true).verify(token)).principal).toEqual({
      kind: 'manager',
      subject: 'manager-client',
    });
    await expect(aService(false).verify(token)).rejects.toMatchObject({
      code: 'unauthenticated',
      message: expect.stringContaining('auth.legacy_manager is off'),
    });
  });

  it('ends after its time', async () => {
    const { token } = await aService(true).exchange(toSpkiPem(key), 'm', 'manager');
    const tomorrow = { ...systemClock, now: () => Date.now() + 86_500_000 };

    await expect(aService(true, tomorrow).verify(token)).rejects.toMatchObject({ code: 'unauthenticated' });
  });
});
