import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { packageRoot } from '../../shared/files/package-root.js';
import { ReflectorMetrics } from '../../shared/kubernetes/reflector-metrics.js';
import { Registry } from '../../shared/observability/metrics.js';
import { metricFamilies } from '../support/metric-families.js';
import { startTestManager, type TestManager } from '../support/test-manager.js';

let manager: TestManager;
afterEach(() => manager.stop());

it('are what docs/METRICS.md says of the manager', async () => {
  manager = await startTestManager();
  // The numbers of the watch stand on a page of their own: the cluster of this test needs none.
  const watch = new Registry();
  new ReflectorMetrics(watch);
  const families = metricFamilies(`${await manager.metrics()}\n${await watch.metrics()}`).filter(
    ({ name }) => !/^(process|nodejs)_/.test(name),
  );

  const page = readFileSync(path.join(packageRoot(), 'docs/METRICS.md'), 'utf8');
  const ofTheManager = page.slice(page.indexOf('\n## The manager'));
  const documented = [...ofTheManager.matchAll(/^\| `(\w+)` \| (gauge|counter|histogram) \|/gm)].map(
    ([, name, type]) => `${name} ${type}`,
  );

  const served = families.map(({ name, type }) => `${name} ${type}`);
  expect([...documented, 'podium_http_request_duration_seconds histogram'].toSorted()).toEqual(
    served.toSorted(),
  );
});
