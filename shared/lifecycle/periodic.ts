import { messageOf } from '../domain/domain-error.js';
import type { Clock } from './clock.js';
import type { Component } from './component.js';

export interface PeriodicOptions {
  readonly name: string;
  readonly intervalMs: number;
  readonly clock: Clock;
  /** One round. A rejection is reported and does not end the rounds. */
  readonly round: (signal: AbortSignal) => Promise<void> | void;
  readonly onError: (reason: string) => void;
}

/** Runs a round every interval, counted from the end of the last one, so that rounds never overlap. */
export function periodic(options: PeriodicOptions): Component {
  const end = new AbortController();
  let loop: Promise<void> = Promise.resolve();
  return {
    name: options.name,
    start: async () => {
      loop = runRounds(options, end.signal);
    },
    stop: async () => {
      end.abort();
      await loop;
    },
  };
}

async function runRounds(options: PeriodicOptions, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await options.clock.sleep(options.intervalMs, signal);
    if (signal.aborted) return;
    try {
      await options.round(signal);
    } catch (error) {
      options.onError(messageOf(error));
    }
  }
}
