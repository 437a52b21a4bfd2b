import { afterAll, beforeAll, expect, it } from 'vitest';
import { type AccessWorld, startAccessWorld } from '../support/access/access-world.js';
import { FOREIGN, TENANT } from '../support/access/callers.js';

let started: AccessWorld;
beforeAll(async () => {
  started = await startAccessWorld();
  const { cluster, decisionMaker } = started.manager;
  cluster.agentMap.set('node-1', { nodeName: 'node-1', origin: 'http://127.0.0.1:9', podUid: 'agent' });
  const known = cluster.podList.map(({ cgroupUid }) => ({ podUid: cgroupUid, processes: [] }));
  const unknown = { podUid: 'unknown', processes: [] };
  Object.assign(decisionMaker, { podProcesses: async () => [...known, unknown] });
});
afterAll(() => started?.manager.stop());

it.each([
  ['admin', [TENANT, FOREIGN, undefined]],
  ['viewer', [TENANT, FOREIGN, undefined]],
  ['other tenant', [TENANT]],
  ['own only', []],
] as const)('the processes of a node are shown to %s as far as the grants reach', async (situation, seen) => {
  const { authorization } = await started.world.callers.make(situation);
  const token = authorization?.replace('Bearer ', '');
  const { status, body } = await started.manager.call(
    'GET',
    '/api/v1/nodes/node-1/pods/pids',
    undefined,
    token,
  );

  expect(status).toBe(200);
  const namespaces = body.data.pods.map(({ pod_namespace }: { pod_namespace?: string }) => pod_namespace);
  expect(namespaces).toEqual(seen);
});
