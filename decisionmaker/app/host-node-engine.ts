import { systemClock } from '../../shared/lifecycle/clock.js';
import { type HostPort, hostEngine } from '../adapters/engine/engine-host.js';
import { HostProcessTable } from '../adapters/processes/host-process-table.js';
import { NodeEngine } from '../engine/node-engine.js';
import type { EngineSettings } from '../ports/decision-engine.js';

/** COMPOSITION ROOT of the engine: wires it to the node's files and to the port behind which the program is. */
export function hostNodeEngine(port: HostPort, settings: EngineSettings): void {
  const clock = systemClock;
  hostEngine(port, ({ report, logger }) => {
    const { procRoot, cgroupRoot } = settings;
    const onChange = () => engine.wake();
    const table = new HostProcessTable({ procRoot, cgroupRoot, clock, logger, onChange });
    const engine: NodeEngine = new NodeEngine(settings, { table, clock, logger, report });
    return engine;
  });
}
