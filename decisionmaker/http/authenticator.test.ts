import { beforeAll, describe, expect, it } from 'vitest';
import { generateRsaKey, toSpkiPem } from '../../shared/auth/keys.js';
import { requires } from '../../shared/http/route.js';
import { systemClock } from '../../shared/lifecycle/clock.js';
import { PERMISSION } from '../domain/principal.js';
import { TokenService } from '../features/tokens/token-service.js';
import { Authenticator } from './authenticator.js';

let tokens: TokenService;
let token: string;
beforeAll(async () => {
  const key = await generateRsaKey();
  const agentKey = { privateKey: () => key };
  tokens = new TokenService({ agentKey, lifetimeSec: 60, legacyManagers: false, clock: systemClock });
  ({ token } = await tokens.exchange(toSpkiPem(key), 'scheduler-1', 'scheduler'));
});

async function outcome(
  schedulerToken: boolean,
  remoteAddress: string | undefined,
  permission: string,
  authorization?: string,
): Promise<string> {
  const authenticator = new Authenticator({
    nodeName: 'node-1',
    tokens,
    managerKeys: { revision: () => 1, keyFor: () => undefined, problem: () => undefined },
    clock: systemClock,
    schedulerToken,
  });
  const caller = { requestId: 'r', remoteAddress, header: () => authorization };
  return authenticator.authorize(requires(permission), caller).then(
    ({ kind, subject }) => `${kind} ${subject}`.trim(),
    ({ code }) => code,
  );
}

describe('Authenticator', () => {
  it.each([
    [undefined, 'scheduler'],
    ['127.0.0.1', 'scheduler'],
    ['::1', 'scheduler'],
    ['::ffff:127.0.0.1', 'scheduler'],
    ['10.0.0.5', 'unauthenticated'],
    ['fe80::1', 'unauthenticated'],
    // The peer of a connection that was reset since cannot be told: it may have been anybody.
    ['', 'unauthenticated'],
  ])('takes a caller at %j without a token for: %s', async (remoteAddress, expected) => {
    for (const permission of [PERMISSION.readDecisions, PERMISSION.sendMetrics]) {
      expect(await outcome(false, remoteAddress, permission)).toBe(expected);
      expect(await outcome(true, remoteAddress, permission)).toBe('unauthenticated');
    }
  });

  it('opens nothing of a manager’s without a token, to nobody', async () => {
    const ofSchedulers: readonly string[] = [PERMISSION.readDecisions, PERMISSION.sendMetrics];
    for (const permission of Object.values(PERMISSION)) {
      if (ofSchedulers.includes(permission)) continue;
      expect([permission, await outcome(false, '127.0.0.1', permission)]).toEqual([
        permission,
        'unauthenticated',
      ]);
    }
  });

  it('looks at a token that is shown, whether one is needed or not', async () => {
    for (const needed of [true, false]) {
      const with_ = (header: string, permission: string = PERMISSION.readDecisions) =>
        outcome(needed, '127.0.0.1', permission, header);

      expect(await with_(`Bearer ${token}`)).toBe('scheduler scheduler-1');
      expect(await with_(`Bearer ${token}x`)).toBe('unauthenticated');
      expect(await with_('')).toBe('unauthenticated');
      expect(await with_(`Bearer ${token}`, PERMISSION.writeIntents)).toBe('forbidden');
    }
  });
});
