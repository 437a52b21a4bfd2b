import { Counter, type Registry } from '../../../shared/observability/metrics.js';
import type { ProcessFacts } from '../../ports/process-table.js';

/** Failed reads by the system's name of the failure: a small closed set, which the process table keeps to. */
export function registerProcessMetrics(registry: Registry, table: ProcessFacts): void {
  new Counter({
    name: 'podium_agent_process_read_errors_total',
    help: 'Failed reads of processes and cgroups; ENOENT and ESRCH are mostly processes that ended meanwhile.',
    labelNames: ['errno'],
    registers: [registry],
    collect() {
      this.reset();
      for (const [errno, count] of table.readErrors()) this.inc({ errno }, count);
    },
  });
}
