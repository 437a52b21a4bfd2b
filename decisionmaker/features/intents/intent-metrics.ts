import type { Clock } from '../../../shared/lifecycle/clock.js';
import { Gauge, type Registry } from '../../../shared/observability/metrics.js';
import type { KnownIntentSet } from '../../domain/intent-set.js';
import type { IntentSets } from '../../ports/intent-sets.js';

/** What is known about the set held; the series are absent while none is known. */
export function registerIntentMetrics(registry: Registry, sets: IntentSets, clock: Clock): void {
  const gauge = (name: string, help: string, value: (set: KnownIntentSet) => number) =>
    new Gauge({
      name,
      help,
      registers: [registry],
      collect() {
        const set = sets.current();
        if (set === undefined) this.remove();
        else this.set(value(set));
      },
    });
  gauge('podium_agent_intents', 'Intents in the set held.', (set) => set.intents.length);
  gauge('podium_agent_intent_set_epoch', 'Epoch of the set held.', (set) => set.epoch);
  gauge('podium_agent_intent_set_generation', 'Generation of the set held.', (set) => set.generation);
  gauge(
    'podium_agent_intent_set_age_seconds',
    'Time since the set held was accepted.',
    (set) => Math.max(0, clock.now() - set.acceptedAtMs) / 1_000,
  );
}
