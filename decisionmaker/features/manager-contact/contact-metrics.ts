import { Counter, Gauge, type Registry } from '../../../shared/observability/metrics.js';
import type { ManagerSilence } from './manager-silence.js';

/** How long managers have been silent, and whether that has dropped their boosts. */
export function registerContactMetrics(registry: Registry, silence: ManagerSilence): void {
  new Gauge({
    name: 'podium_agent_manager_silence_seconds',
    help: 'Time since the last word of any manager, or since the start while none was heard.',
    registers: [registry],
    collect() {
      this.set(silence.silentForMs() / 1_000);
    },
  });
  new Gauge({
    name: 'podium_agent_boosts_dropped',
    help: '1 while every boost is dropped because managers have been silent for longer than state.max_age_sec.',
    registers: [registry],
    collect() {
      this.set(silence.isLost() ? 1 : 0);
    },
  });
  new Counter({
    name: 'podium_agent_boost_drops_total',
    help: 'How often every boost was dropped because managers were silent for too long.',
    registers: [registry],
    collect() {
      this.reset();
      this.inc(silence.losses());
    },
  });
}
