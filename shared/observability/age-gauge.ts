import type { Clock } from '../lifecycle/clock.js';
import { Gauge, type Registry } from './metrics.js';

/** How long ago something last happened, in seconds; the series is absent until it ever did. */
export class AgeGauge {
  readonly #clock: Clock;
  #happenedAtMs: number | undefined;

  constructor(names: { readonly name: string; readonly help: string }, registry: Registry, clock: Clock) {
    this.#clock = clock;
    const ageSeconds = () => this.#ageSeconds();
    new Gauge({
      ...names,
      registers: [registry],
      collect() {
        const seconds = ageSeconds();
        if (seconds === undefined) this.remove();
        else this.set(seconds);
      },
    });
  }

  happened(): void {
    this.#happenedAtMs = this.#clock.monotonicMs();
  }

  #ageSeconds(): number | undefined {
    if (this.#happenedAtMs === undefined) return undefined;
    return (this.#clock.monotonicMs() - this.#happenedAtMs) / 1_000;
  }
}
