import { AgentUnderTest } from './agent-under-test.js';
import { PodFleet } from './pod-fleet.js';

/** A fleet of pods, and agents to look at it, one at a time. */
export interface Bench {
  readonly fleet: PodFleet;
  startAgent(): Promise<AgentUnderTest>;
}

/**
 * Runs a benchmark and cleans up after it, also before a signal ends the program: what it started runs in cgroups and
 * would outlive it.
 *
 * @param mount A cgroup v2 mount where cgroups may be made.
 */
export async function withFleet(mount: string, work: (bench: Bench) => Promise<void>): Promise<void> {
  const fleet = new PodFleet(mount);
  let agent: AgentUnderTest | undefined;
  const cleanUp = async () => {
    await agent?.stop().catch(() => {});
    await fleet.close();
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      void cleanUp().finally(() => process.exit(1));
    });
  }
  const startAgent = async () => {
    agent = await AgentUnderTest.start(fleet.root);
    return agent;
  };
  try {
    await work({ fleet, startAgent });
  } finally {
    await cleanUp();
  }
}
