import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { PATHS } from '../../shared/contract/decision-maker-api.js';
import { anIntent, aPostedSet, CONTAINER_ID, POD_UID } from '../support/agent-builders.js';
import { containerCgroup } from '../support/pod-cgroups.js';
import { SimulatedNode } from '../support/simulated-node.js';
import { TestAgent } from '../support/test-agent.js';
import { findPromtool } from '../support/tools.js';

/** What Prometheus would rather have otherwise, and the public contract has so (contract 2.7). */
const PUBLIC_NAMES = [
  /^gthulhu_pod_(cpu|wait)_time_nanoseconds_total use base unit "seconds"/,
  /^gthulhu_pod_process_count .*"_count" suffix/,
];

const promtool = await findPromtool();
if (typeof promtool !== 'string') console.log(`skipped with promtool: ${promtool.missing}`);

describe.skipIf(typeof promtool !== 'string')('promtool check metrics', () => {
  it("has nothing against the agent's page but the public names", async () => {
    const node = new SimulatedNode();
    node.put({ pid: 500, cgroup: containerCgroup('systemd', POD_UID, CONTAINER_ID) });
    const agent = await TestAgent.start({ ...node, sections: { metrics: { pod_counters: true } } });
    try {
      await agent.postSet(aPostedSet([anIntent()]));
      await agent.asScheduler('POST', PATHS.metrics, {});
      await agent.items();
      const page = (await agent.call('GET', '/metrics')).text;

      const { stdout, stderr, error } = spawnSync(String(promtool), ['check', 'metrics'], {
        input: page,
        encoding: 'utf8',
      });

      expect(error).toBeUndefined();
      // The runtime's own metrics carry the names that the library gives them.
      const complaints = `${stdout}${stderr}`
        .split('\n')
        .filter((line) => !/^(|(nodejs|process)_.*)$/.test(line));
      expect(complaints.filter((line) => !PUBLIC_NAMES.some((known) => known.test(line)))).toEqual([]);
      // It has read the page and judged it.
      expect(complaints).toHaveLength(3);
    } finally {
      await agent.stop();
      node.close();
    }
  });
});
