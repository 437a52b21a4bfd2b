import { describe, expect, it } from 'vitest';
import { DomainError } from '../../../shared/domain/domain-error.js';
import { systemClock } from '../../../shared/lifecycle/clock.js';
import { Registry } from '../../../shared/observability/metrics.js';
import type { ServedAnswer, ServedDecisions } from '../../ports/served-decisions.js';
import { type Wait, WaitingRequests } from './waiting-requests.js';

/** Tells what it was told to tell. */
class ScriptedDecisions implements ServedDecisions {
  readonly #looks = new Set<() => void>();
  #etag = '"1"';
  #problem: string | undefined;

  tell(etag: string, problem?: string): void {
    this.#etag = etag;
    this.#problem = problem;
    for (const look of [...this.#looks]) look();
  }

  get waiting(): number {
    return this.#looks.size;
  }

  answer(): ServedAnswer {
    if (this.#problem !== undefined) throw new DomainError('unavailable', this.#problem);
    return { bytes: Buffer.from(this.#etag), etag: this.#etag };
  }

  changeFrom(etag: string, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const look = () => {
        if (!signal.aborted && this.#problem === undefined && this.#etag === etag) return;
        this.#looks.delete(look);
        resolve();
      };
      this.#looks.add(look);
      signal.addEventListener('abort', look);
      look();
    });
  }

  polled(): void {}
}

function aWait(overrides: Partial<Wait> = {}): Wait {
  return {
    isKnown: (etag) => etag === '"1"',
    timeoutMs: 60_000,
    callerGone: new AbortController().signal,
    ...overrides,
  };
}

function someRequests() {
  const decisions = new ScriptedDecisions();
  return { decisions, requests: new WaitingRequests(decisions, systemClock, new Registry()) };
}

describe('WaitingRequests', () => {
  it('lets a request go when there is news for it, not before', async () => {
    const { decisions, requests } = someRequests();
    const order: string[] = [];
    const waiting = requests.untilNews(aWait({ isKnown: (etag) => etag !== '"4"' })).then(() => {
      order.push('answered');
    });
    for (const etag of ['"2"', '"3"', '"4"']) {
      await new Promise((resolve) => setImmediate(resolve));
      order.push(etag);
      decisions.tell(etag);
    }
    await waiting;

    expect(order).toEqual(['"2"', '"3"', '"4"', 'answered']);
  });

  it('fails as soon as nothing true can be said', async () => {
    const { decisions, requests } = someRequests();
    const waiting = requests.untilNews(aWait());

    decisions.tell('"1"', 'the node cannot be read');

    await expect(waiting).rejects.toMatchObject({
      code: 'unavailable',
      message: 'the node cannot be read',
    });
    await expect(requests.untilNews(aWait())).rejects.toMatchObject({ code: 'unavailable' });
    expect(decisions.waiting).toBe(0);
  });

  it('keeps nothing of a request that is over, however it ended', async () => {
    const { decisions, requests } = someRequests();
    const caller = new AbortController();
    const ended = [
      requests.untilNews(aWait({ timeoutMs: 1 })),
      requests.untilNews(aWait({ callerGone: caller.signal })),
      requests.untilNews(aWait({ callerGone: AbortSignal.abort() })),
    ];
    caller.abort();
    await Promise.all(ended);
    expect(decisions.waiting).toBe(0);

    const waiting = Array.from({ length: 64 }, () => requests.untilNews(aWait()));
    await expect(requests.untilNews(aWait())).rejects.toMatchObject({ code: 'throttled' });
    await requests.untilNews(aWait({ isKnown: () => false }));
    requests.end();
    await Promise.all(waiting);
    expect(decisions.waiting).toBe(0);
  });

  it('lets nobody wait once it has ended', async () => {
    const { requests } = someRequests();
    requests.end();

    await requests.untilNews(aWait());
  });
});
