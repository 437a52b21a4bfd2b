import { setTimeout as sleep } from 'node:timers/promises';
import { PATHS } from '../../../shared/contract/decision-maker-api.js';
import { cgroupMount } from '../../../tests/support/real-cgroups.js';
import { type Figure, quantile, reportLines } from '../figures.js';
import type { AgentUnderTest } from './agent-under-test.js';
import { bareBaseline } from './bare-baseline.js';
import { load } from './load.js';
import type { PodFleet } from './pod-fleet.js';
import { scanCount, scanTimes } from './scan-times.js';
import { withFleet } from './with-fleet.js';

/** DESIGN 7: a full node. */
const PODS = 500;
const PROCESSES_EACH = 20;
const SMALL_PODS = 5;
const IDLE_MS = 20_000;
/** The runtime compiles what runs often in its first half minute, once in an agent's life. */
const WARM_UP_MS = 30_000;
const LOAD_MS = 4_000;

const place = cgroupMount();
if ('reason' in place) {
  console.error(`the benchmark needs real cgroups, so nothing was measured: ${place.reason}`);
  process.exit(1);
}

const figures: Figure[] = [];
const note = (what: string, value: number, unit: string, bar?: Figure['bar']) => {
  const figure = { what, value, unit, ...(bar === undefined ? {} : { bar }) };
  figures.push(figure);
  console.error(reportLines([figure])[0]);
};
const atMost = (limit: number): Figure['bar'] => ({ limit, better: 'lower' });
const atLeast = (limit: number): Figure['bar'] => ({ limit, better: 'higher' });

await withFleet(place.mount, async ({ fleet, startAgent }) => {
  await fleet.grow(SMALL_PODS, PROCESSES_EACH);
  const first = await startAgent();
  await sleep(WARM_UP_MS);
  await idle(first, 'nearly empty node', true);
  await hundredDecisions(first, fleet);
  await first.stop();

  await fleet.grow(PODS - SMALL_PODS, PROCESSES_EACH);
  const baseline = bareBaseline(7);
  note('bare readdir /proc', baseline.readdirMs, 'ms');
  note('bare readdir + read of every /proc/PID/cgroup', baseline.readCgroupsMs, 'ms');
  await fullNode(await startAgent(), fleet, baseline.readCgroupsMs);
});
console.log(reportLines(figures).join('\n'));

async function idle(target: AgentUnderTest, node: string, bars: boolean): Promise<void> {
  const before = await target.metrics();
  await sleep(1_000);
  const cpuBeforeMs = target.cpuMs();
  await sleep(IDLE_MS);
  const share = ((target.cpuMs() - cpuBeforeMs) / IDLE_MS) * 100;
  const { meanMs, medianMs } = scanTimes(before, await target.metrics());
  note(`${node}: idle, share of a core`, share, '%', bars ? atMost(0.5) : undefined);
  note(`${node}: RSS`, target.rssMegabytes(), 'MB', bars ? atMost(70) : undefined);
  note(`${node}: refresh, median`, medianMs, 'ms', bars ? undefined : atMost(20));
  note(`${node}: refresh, mean`, meanMs, 'ms');
}

async function hundredDecisions(target: AgentUnderTest, fleet: PodFleet): Promise<void> {
  await target.postSetFor(fleet.pods);
  const authorization = `Bearer ${await target.schedulerToken()}`;
  const request = { path: PATHS.schedulingStrategies, headers: { authorization } };
  const whole = await load(target, request, { clients: 8, durationMs: LOAD_MS });
  note('GET of 100 decisions', whole.perSecond, '/s', atLeast(5_000));
  const etag = (await target.pool.request({ method: 'GET', ...request })).headers.etag;
  const unchanged = { ...request, headers: { authorization, 'if-none-match': String(etag) } };
  const notModified = await load(target, unchanged, { clients: 8, durationMs: LOAD_MS });
  if (notModified.status !== 304) throw new Error(`expected 304, found ${notModified.status}`);
  note('GET answered with 304', notModified.perSecond, '/s', atLeast(5_000));
}

async function fullNode(target: AgentUnderTest, fleet: PodFleet, bareMs: number): Promise<void> {
  const node = `${PODS * PROCESSES_EACH} processes in ${PODS} pods`;
  const page = await target.metrics();
  const firstScanMs = (page.get('podium_agent_scan_duration_seconds_sum') ?? 0) * 1_000;
  note(`${node}: start to ready`, target.readyAfterMs, 'ms');
  note(`${node}: first scan`, firstScanMs / Math.max(1, scanCount(page)), 'ms', atMost(250));
  note(`${node}: first scan beside the bare one`, firstScanMs / Math.max(1, scanCount(page)) / bareMs, 'x');
  note(`${node}: POST of ${PODS} intents until served`, await target.postSetFor(fleet.pods), 'ms');
  await sleep(3_000);
  await idle(target, node, false);

  await underChange(target, fleet, node);
  const authorization = `Bearer ${await target.schedulerToken()}`;
  const request = { path: PATHS.schedulingStrategies, headers: { authorization } };
  const before = await target.metrics();
  const one = await load(target, request, { clients: 1, durationMs: LOAD_MS });
  const between = await target.metrics();
  const eight = await load(target, request, { clients: 8, durationMs: LOAD_MS });
  const after = await target.metrics();
  note('GET of all decisions: size', one.bytes / 1e6, 'MB');
  note('GET of all decisions: processor time', one.cpuMsEach, 'ms', atMost(10));
  note('GET of all decisions, one client', one.perSecond, '/s', atLeast(200));
  note('GET of all decisions, eight clients', eight.perSecond, '/s', atLeast(200));
  note('scans while one client asked', scanCount(between) - scanCount(before), '');
  note('scans while eight clients asked', scanCount(after) - scanCount(between), '');
  note(`${node}: RSS after the load`, target.rssMegabytes(), 'MB');

  const wrong = new Set(fleet.pids());
  for (const pid of (await target.servedPids(authorization)) ?? []) wrong.delete(pid);
  note('processes of the kernel’s view that are not served', wrong.size, '', atMost(0));
}

/** Pods come and go, so that every look finds something and all decisions are made anew; nothing else is asked. */
async function underChange(target: AgentUnderTest, fleet: PodFleet, node: string): Promise<void> {
  const before = await target.metrics();
  const endsAtMs = performance.now() + IDLE_MS;
  const answersMs: number[] = [];
  const probe = async () => {
    while (performance.now() < endsAtMs) {
      const startedAtMs = performance.now();
      const { body } = await target.pool.request({ method: 'GET', path: '/health' });
      await body.dump();
      answersMs.push(performance.now() - startedAtMs);
      await sleep(5);
    }
  };
  const churn = async () => {
    while (performance.now() < endsAtMs) {
      await fleet.shrink(1);
      await fleet.grow(1, PROCESSES_EACH);
      await target.postSetFor(fleet.pods);
      await sleep(500);
    }
  };
  await Promise.all([probe(), churn()]);
  const { medianMs } = scanTimes(before, await target.metrics());
  note(`${node}, a pod ended and a set posted twice a second: look, median`, medianMs, 'ms');
  note('answer to /health meanwhile, median', quantile(answersMs, 0.5), 'ms');
  note('answer to /health meanwhile, p99', quantile(answersMs, 0.99), 'ms', atMost(20));
}
