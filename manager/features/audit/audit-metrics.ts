import { Counter, Gauge, type Registry } from '../../../shared/observability/metrics.js';

/** How the audit log keeps up. */
export class AuditMetrics {
  readonly #registry: Registry;
  readonly #failed: Counter;
  readonly #lost: Counter;

  constructor(registry: Registry) {
    this.#registry = registry;
    this.#failed = new Counter({
      name: 'podium_audit_write_failures_total',
      help: 'Writes to the audit log that failed and are tried again.',
      registers: [registry],
    });
    this.#lost = new Counter({
      name: 'podium_audit_lost_entries_total',
      help: 'Changes that were made and are missing from the audit log, because too many waited already.',
      registers: [registry],
    });
  }

  failed(): void {
    this.#failed.inc();
  }

  lost(): void {
    this.#lost.inc();
  }

  watchWaiting(count: () => number): void {
    new Gauge({
      name: 'podium_audit_waiting_entries',
      help: 'What is to be entered into the audit log.',
      registers: [this.#registry],
      collect() {
        this.set(count());
      },
    });
  }
}
