import type { Clock } from '../../../shared/lifecycle/clock.js';
import { Counter, Gauge, type Registry } from '../../../shared/observability/metrics.js';
import type { KnownIntentSet } from '../../domain/intent-set.js';
import { adjustmentsOf } from '../../domain/legacy-items.js';
import type { IntentKeeper } from './intent-keeper.js';

/** What is known about the set held; the series are absent while none is known. */
export function registerIntentMetrics(registry: Registry, keeper: IntentKeeper, clock: Clock): void {
  const gauge = (name: string, help: string, value: (set: KnownIntentSet) => number) =>
    new Gauge({
      name,
      help,
      registers: [registry],
      collect() {
        const set = keeper.held();
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
  new Counter({
    name: 'podium_agent_legacy_sets_total',
    help: 'Sets without a version that were taken from first-generation managers.',
    registers: [registry],
    collect() {
      this.reset();
      this.inc(keeper.legacySets());
    },
  });
  new Gauge({
    name: 'podium_agent_legacy_intents_adjusted',
    help: 'Intents of the set held that could not be taken as posted, by what was wrong with them.',
    labelNames: ['reason'],
    registers: [registry],
    collect() {
      const set = keeper.held();
      this.reset();
      if (set?.legacy !== true) return;
      const { unusablePattern, priority, executionTime } = adjustmentsOf(set);
      this.set({ reason: 'regex' }, unusablePattern);
      this.set({ reason: 'priority' }, priority);
      this.set({ reason: 'execution_time' }, executionTime);
    },
  });
}
