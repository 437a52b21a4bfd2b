import { messageOf } from '../domain/domain-error.js';
import { aborted } from './aborted.js';
import type { Component } from './component.js';

/** What happened to a part, for the process's log. */
export type LifecycleEvent =
  | { readonly kind: 'started' | 'stopped'; readonly component: string; readonly durationMs: number }
  | { readonly kind: 'stop failed'; readonly component: string; readonly reason: string };

export interface RunOptions {
  /** Longest time that one part may take to stop before the next is stopped. */
  readonly stopTimeoutMs: number;
  readonly onEvent?: (event: LifecycleEvent) => void;
  /** Called once when every part has started. */
  readonly onReady?: () => void;
}

/**
 * Starts the parts in order, waits until the signal aborts or a part fails, then stops what was started in
 * reverse order. Rejects with the first failure, of a start or later; a stop that fails or is late is reported
 * and does not keep the others from stopping.
 */
export async function runComponents(
  components: readonly Component[],
  signal: AbortSignal,
  options: RunOptions,
): Promise<void> {
  const toStop: Component[] = [];
  try {
    for (const component of components) {
      if (signal.aborted) return;
      toStop.push(component);
      const startedAt = performance.now();
      await component.start(signal);
      options.onEvent?.({ kind: 'started', component: component.name, durationMs: since(startedAt) });
    }
    options.onReady?.();
    await endOrFailure(components, signal);
  } finally {
    for (const component of toStop.reverse()) await stopWithin(component, options);
  }
}

async function endOrFailure(components: readonly Component[], signal: AbortSignal): Promise<void> {
  const failures = components.flatMap((component) => component.failed ?? []);
  await Promise.race([aborted(signal), ...failures]);
}

async function stopWithin(component: Component, options: RunOptions): Promise<void> {
  const startedAt = performance.now();
  const late = AbortSignal.timeout(options.stopTimeoutMs);
  try {
    const stopped = component.stop(late).then(() => 'stopped' as const);
    if ((await Promise.race([stopped, aborted(late)])) !== 'stopped') {
      throw new Error(`did not stop within ${options.stopTimeoutMs} ms`);
    }
    options.onEvent?.({ kind: 'stopped', component: component.name, durationMs: since(startedAt) });
  } catch (error) {
    options.onEvent?.({ kind: 'stop failed', component: component.name, reason: messageOf(error) });
  }
}

function since(startedAt: number): number {
  return Math.round(performance.now() - startedAt);
}
