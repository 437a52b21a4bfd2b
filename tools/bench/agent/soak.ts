import { setTimeout as sleep } from 'node:timers/promises';
import { PATHS } from '../../../shared/contract/decision-maker-api.js';
import { cgroupMount } from '../../../tests/support/real-cgroups.js';
import { type Figure, median, quantile, reportLines } from '../figures.js';
import type { AgentUnderTest } from './agent-under-test.js';
import type { PodFleet } from './pod-fleet.js';
import { withFleet } from './with-fleet.js';

/** Pods come and go, sets are pushed and the scheduler asks, for MINUTES; nothing of the agent may grow. */
const minutes = Number(process.argv[2] ?? 30);
const PODS = 60;
const PROCESSES_EACH = 6;
const PODS_A_ROUND = 3;
const POLL_MS = 50;
const SAMPLE_MS = 5_000;
/** Caches and heap settle in the first part, which is left out. */
const WARM_UP_SHARE = 0.2;

const NAMES = { rss: 'RSS', open: 'descriptors', watches: 'inotify watches', threads: 'threads' } as const;
const UNITS = { rss: 'MB', open: '', watches: '', threads: '' } as const;

const place = cgroupMount();
if ('reason' in place || !(minutes > 0)) {
  console.error('reason' in place ? `the soak needs real cgroups: ${place.reason}` : 'usage: soak MINUTES');
  process.exit(1);
}

interface Sample {
  readonly rss: number;
  readonly open: number;
  readonly watches: number;
  readonly threads: number;
}

await withFleet(place.mount, async ({ fleet, startAgent }) => {
  await fleet.grow(PODS, PROCESSES_EACH);
  const agent = await startAgent();
  await agent.postSetFor(fleet.pods);
  report(await soak(agent, fleet));
});

async function soak(target: AgentUnderTest, fleet: PodFleet) {
  const endsAtMs = performance.now() + minutes * 60_000;
  const goesOn = () => performance.now() < endsAtMs;
  const samples: Sample[] = [];
  const answersMs: number[] = [];
  let refused = 0;
  let rounds = 0;
  const authorization = `Bearer ${await target.schedulerToken()}`;

  const churn = async () => {
    for (; goesOn(); rounds++) {
      await fleet.shrink(PODS_A_ROUND);
      await fleet.grow(PODS_A_ROUND, PROCESSES_EACH);
      await target.postSetFor(fleet.pods);
    }
  };
  const poll = async () => {
    for (; goesOn(); await sleep(POLL_MS)) {
      const startedAtMs = performance.now();
      const { statusCode, body } = await target.pool.request({
        method: 'GET',
        path: PATHS.schedulingStrategies,
        headers: { authorization },
      });
      await body.dump();
      answersMs.push(performance.now() - startedAtMs);
      if (statusCode !== 200) refused++;
    }
  };
  const sample = async () => {
    for (; goesOn(); await sleep(SAMPLE_MS)) {
      samples.push({ rss: target.rssMegabytes(), threads: target.threads(), ...target.descriptors() });
    }
  };
  await Promise.all([churn(), poll(), sample()]);

  await sleep(1_000);
  const served = (await target.servedPids(authorization)) ?? new Set();
  const alive = new Set(fleet.pids());
  return {
    samples,
    answersMs,
    refused,
    rounds,
    wrong: [...served].filter((pid) => !alive.has(pid)).length,
    missing: [...alive].filter((pid) => !served.has(pid)).length,
  };
}

function report({
  samples,
  answersMs,
  refused,
  rounds,
  wrong,
  missing,
}: Awaited<ReturnType<typeof soak>>): void {
  const settled = samples.slice(Math.floor(samples.length * WARM_UP_SHARE));
  const half = Math.floor(settled.length / 2);
  const figures: Figure[] = [
    { what: 'rounds of three pods ended, three started, set pushed', value: rounds, unit: '' },
    { what: 'polls', value: answersMs.length, unit: '' },
    { what: 'polls refused', value: refused, unit: '', bar: { limit: 0, better: 'lower' } },
    { what: 'answer to a poll, p99', value: quantile(answersMs, 0.99), unit: 'ms' },
    {
      what: 'pids served a second after the end that are not alive',
      value: wrong,
      unit: '',
      bar: { limit: 0, better: 'lower' },
    },
    { what: 'pids alive that are not served', value: missing, unit: '', bar: { limit: 0, better: 'lower' } },
  ];
  for (const key of ['rss', 'open', 'watches', 'threads'] as const) {
    const early = median(settled.slice(0, half).map((sample) => sample[key]));
    const late = median(settled.slice(half).map((sample) => sample[key]));
    figures.push({ what: `${NAMES[key]}, median of the first half`, value: early, unit: UNITS[key] });
    figures.push({ what: `${NAMES[key]}, median of the second half`, value: late, unit: UNITS[key] });
  }
  console.log(reportLines(figures).join('\n'));
}
