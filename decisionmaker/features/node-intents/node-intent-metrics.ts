import { Gauge, type Registry } from '../../../shared/observability/metrics.js';
import type { NodeIntents } from '../../ports/intent-sets.js';

/** How many node intents are in force. */
export function registerNodeIntentMetrics(registry: Registry, nodeIntents: NodeIntents): void {
  new Gauge({
    name: 'podium_agent_node_intents',
    help: 'Node intents in force.',
    registers: [registry],
    collect() {
      this.set(nodeIntents.nodeIntents().intents.length);
    },
  });
}
