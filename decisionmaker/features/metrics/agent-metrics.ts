import type { Clock } from '../../../shared/lifecycle/clock.js';
import { Counter, Gauge, type Registry } from '../../../shared/observability/metrics.js';
import type { HostFacts, SchedExtState } from '../../ports/host-facts.js';

export interface AgentMetricsOptions {
  readonly version: string;
  readonly host: HostFacts;
  readonly clock: Clock;
}

const MICROSECONDS_IN_SECOND = 1_000_000;

/** What the agent itself is and costs, and whether a scheduler is there to make something of its answers. */
export function registerAgentMetrics(registry: Registry, options: AgentMetricsOptions): void {
  registerIdentity(registry, options.version);
  registerCost(registry, options.clock);
  registerSchedExt(registry, options.host);
}

function registerIdentity(registry: Registry, version: string): void {
  new Gauge({
    name: 'podium_agent_build_info',
    help: 'Always 1; its labels tell the versions of the agent and of Node.',
    labelNames: ['version', 'node_version'],
    registers: [registry],
  }).set({ version, node_version: process.version }, 1);
}

function registerCost(registry: Registry, clock: Clock): void {
  const registers = [registry];
  new Counter({
    name: 'podium_agent_cpu_seconds_total',
    help: 'CPU time of the agent with all of its threads.',
    labelNames: ['mode'],
    registers,
    collect() {
      this.reset();
      const { user, system } = process.cpuUsage();
      this.inc({ mode: 'user' }, user / MICROSECONDS_IN_SECOND);
      this.inc({ mode: 'system' }, system / MICROSECONDS_IN_SECOND);
    },
  });
  new Gauge({
    name: 'podium_agent_resident_memory_bytes',
    help: 'Resident memory of the agent.',
    registers,
    collect() {
      this.set(process.memoryUsage.rss());
    },
  });
  new Gauge({
    name: 'podium_agent_start_time_seconds',
    help: 'When the agent started, in Unix time.',
    registers,
  }).set(Math.round(clock.now() / 1_000 - process.uptime()));
}

function registerSchedExt(registry: Registry, host: HostFacts): void {
  const registers = [registry];
  new Gauge({
    name: 'podium_agent_sched_ext_enabled',
    help: 'Whether a sched_ext scheduler runs on the node; 0 also where the kernel has no sched_ext.',
    registers,
    collect() {
      this.set(host.schedExt().state === 'enabled' ? 1 : 0);
    },
  });
  new Gauge({
    name: 'podium_agent_sched_ext_info',
    help: 'Always 1; its labels tell the state of sched_ext and the name of the loaded scheduler.',
    labelNames: ['state', 'ops'],
    registers,
    collect() {
      this.reset();
      const schedExt = host.schedExt();
      this.set({ state: stateLabel(schedExt), ops: schedExt.ops ?? '' }, 1);
    },
  });
}

/** The kernel's own words (kernel/sched/ext.c); others are told together, so that the label stays small. */
const STATES = ['enabling', 'enabled', 'disabling', 'disabled', 'bypassing'];

function stateLabel({ supported, state }: SchedExtState): string {
  if (!supported) return 'unsupported';
  return state !== undefined && STATES.includes(state) ? state : 'other';
}
