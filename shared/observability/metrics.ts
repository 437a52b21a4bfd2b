import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

export { Counter, Gauge, Histogram, Registry };

/** Sampled every 10 ms, as the library does by itself, the delay of an idle loop is half of what an idle agent costs. */
const LOOP_SAMPLE_MS = 100;

/** A registry of its own for each process, never the library's global one, with the runtime's own metrics. */
export function createRegistry(): Registry {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: LOOP_SAMPLE_MS });
  return registry;
}

/** Seconds; from a snapshot answer of a fraction of a millisecond to a call that ran into its limit. */
export const LATENCY_BUCKETS_SECONDS = [
  0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
];
