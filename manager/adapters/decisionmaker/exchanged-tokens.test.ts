import { describe, expect, it } from 'vitest';
import { systemClock } from '../../../shared/lifecycle/clock.js';
import type { AgentEndpoint } from '../../domain/cluster.js';
import { ExchangedTokens } from './exchanged-tokens.js';

const agent: AgentEndpoint = { nodeName: 'node-1', origin: 'http://10.0.0.1:8080', podUid: 'pod-1' };

/** Tokens under a clock that a test moves. */
function aKeeper() {
  let nowMs = 1_000_000_000;
  let exchanges = 0;
  const tokens = new ExchangedTokens({ ...systemClock, now: () => nowMs });
  return {
    tokens,
    pass: (ms: number) => {
      nowMs += ms;
    },
    exchanges: () => exchanges,
    obtain: (from = agent, lifetimeSec: number | null = 86_400) =>
      tokens.obtain(from, async () => {
        exchanges++;
        const expiresAtSec = lifetimeSec === null ? undefined : nowMs / 1_000 + lifetimeSec;
        return { token: `token ${exchanges}`, expiresAtSec };
      }),
  };
}

describe('ExchangedTokens', () => {
  it('asks once in the life of a token', async () => {
    const { obtain, pass, exchanges } = aKeeper();

    await obtain();
    pass(86_400_000 - 61_000);
    expect(await obtain()).toBe('token 1');
    pass(2_000);
    expect(await obtain()).toBe('token 2');

    expect(exchanges()).toBe(2);
  });

  it('asks once for callers that come together', async () => {
    const { obtain, exchanges } = aKeeper();

    expect(await Promise.all([obtain(), obtain(), obtain()])).toEqual(Array(3).fill('token 1'));
    expect(exchanges()).toBe(1);
  });

  it.each([[-3_600], [0], [null]])('asks at most once a minute when the agent says %s', async (life) => {
    const { obtain, pass, exchanges } = aKeeper();

    await obtain(agent, life);
    pass(59_000);
    await obtain(agent, life);
    expect(exchanges()).toBe(1);
    pass(2_000);
    await obtain(agent, life);

    expect(exchanges()).toBe(2);
  });

  it('asks another agent on the node', async () => {
    const { obtain, tokens } = aKeeper();
    await obtain();

    expect(await obtain({ ...agent, podUid: 'pod-2' })).toBe('token 2');
    expect(await tokens.known({ ...agent, origin: 'http://10.0.0.2:8080' })).toBeUndefined();
  });

  it('drops what was refused, unless another has taken its place', async () => {
    const { obtain, tokens } = aKeeper();
    await obtain();

    await tokens.refused(agent, 'token 0');
    expect(await tokens.known(agent)).toBe('token 1');
    await tokens.refused(agent, 'token 1');

    expect(await tokens.known(agent)).toBeUndefined();
  });

  it('does not keep a failure', async () => {
    const { obtain, tokens } = aKeeper();
    const failing = tokens.obtain(agent, () => Promise.reject(new Error('refused')));

    await expect(failing).rejects.toThrow('refused');
    expect(await obtain()).toBe('token 1');
  });
});
