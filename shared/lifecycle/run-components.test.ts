import { describe, expect, it } from 'vitest';
import type { Component } from './component.js';
import { type LifecycleEvent, runComponents } from './run-components.js';

function recorder() {
  const calls: string[] = [];
  const component = (name: string, overrides: Partial<Component> = {}): Component => ({
    name,
    start: async () => {
      calls.push(`start ${name}`);
    },
    stop: async () => {
      calls.push(`stop ${name}`);
    },
    ...overrides,
  });
  return { calls, component };
}

describe('runComponents', () => {
  it('starts in order, and stops in reverse order when the signal aborts', async () => {
    const { calls, component } = recorder();
    const end = new AbortController();

    await runComponents([component('store'), component('http')], end.signal, {
      stopTimeoutMs: 1_000,
      onReady: () => end.abort(),
    });

    expect(calls).toEqual(['start store', 'start http', 'stop http', 'stop store']);
  });

  it('stops what was started, and the failed one, when a start fails', async () => {
    const { calls, component } = recorder();
    const broken = component('http', { start: () => Promise.reject(new Error('port is taken')) });

    const run = runComponents(
      [component('store'), broken, component('never')],
      new AbortController().signal,
      {
        stopTimeoutMs: 1_000,
      },
    );

    await expect(run).rejects.toThrow('port is taken');
    expect(calls).toEqual(['start store', 'stop http', 'stop store']);
  });

  it('stops everything and rejects when a part fails later', async () => {
    const { calls, component } = recorder();
    const failed = new Promise<never>((_resolve, reject) => setTimeout(() => reject(new Error('died')), 5));

    const run = runComponents([component('store', { failed })], new AbortController().signal, {
      stopTimeoutMs: 1_000,
    });

    await expect(run).rejects.toThrow('died');
    expect(calls).toEqual(['start store', 'stop store']);
  });

  it('reports a part that does not stop in time and stops the others all the same', async () => {
    const { calls, component } = recorder();
    const events: LifecycleEvent[] = [];
    const end = new AbortController();
    const stuck = component('stuck', { stop: () => new Promise(() => {}) });

    await runComponents([component('store'), stuck], end.signal, {
      stopTimeoutMs: 20,
      onReady: () => end.abort(),
      onEvent: (event) => events.push(event),
    });

    expect(events).toContainEqual({
      kind: 'stop failed',
      component: 'stuck',
      reason: 'did not stop within 20 ms',
    });
    expect(calls.at(-1)).toBe('stop store');
  });

  it('starts nothing more once the end was asked for', async () => {
    const { calls, component } = recorder();
    const end = new AbortController();
    const ending = component('store', {
      start: async () => {
        end.abort();
      },
    });

    await runComponents([ending, component('http')], end.signal, { stopTimeoutMs: 1_000 });

    expect(calls).toEqual(['stop store']);
  });
});
