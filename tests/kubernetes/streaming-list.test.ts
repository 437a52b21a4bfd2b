import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { describeKubernetes } from '../support/describe-kubernetes.js';
import type { ApiClient, ApiStream } from '../support/kubernetes/api-client.js';
import { type RealKubernetes, startRealKubernetes } from '../support/real-kubernetes.js';
import { findKubernetesTools } from '../support/tools.js';

/**
 * How API servers answer the request for a streaming list (Kubernetes API concepts, "Streaming lists"), as far
 * as the manager's watch relies on it.
 */
const streamingList =
  '/api/v1/nodes?watch=true&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true';

function addNode(client: ApiClient, name: string): Promise<unknown> {
  const body = { apiVersion: 'v1', kind: 'Node', metadata: { name } };
  return client.expect({ method: 'POST', path: '/api/v1/nodes', body });
}

async function nextEvents(stream: ApiStream, count: number) {
  const events = [];
  for (let missing = count; missing > 0; missing -= 1) events.push((await stream.events.next()).value);
  return events;
}

const typeAndName = (event: { type: string; object: { metadata: { name?: string } } }) => [
  event.type,
  event.object.metadata.name,
];

describeKubernetes('a streaming list', await findKubernetesTools(), (tools) => {
  describe('on an API server with etcd 3.6', () => {
    const { kubernetes } = withTwoNodes(tools.apiServer, tools.etcd);

    it('sends what there is, marks the end of it with a bookmark, and goes on as a watch', async () => {
      const { client } = kubernetes();
      const stream = await client.stream({ path: streamingList });
      const initial = await nextEvents(stream, 3);
      await addNode(client, 'later');
      const [later] = await nextEvents(stream, 1);
      stream.close();

      expect(stream.status).toBe(200);
      expect(initial.slice(0, 2).map(typeAndName).sort()).toEqual([
        ['ADDED', 'first'],
        ['ADDED', 'second'],
      ]);
      expect(initial[2]).toMatchObject({
        type: 'BOOKMARK',
        object: { metadata: { annotations: { 'k8s.io/initial-events-end': 'true' } } },
      });
      expect(typeAndName(later)).toEqual(['ADDED', 'later']);
    });
  });

  describe.skipIf(tools.debianEtcd === undefined)('on an API server with etcd 3.4', () => {
    const { kubernetes } = withTwoNodes(tools.apiServer, tools.debianEtcd!);

    it('is accepted with status 200 and fails inside the stream, which ends', async () => {
      const stream = await kubernetes().client.stream({ path: streamingList });
      const [event] = await nextEvents(stream, 1);
      const afterwards = await stream.events.next();

      expect(stream.status).toBe(200);
      expect(event).toMatchObject({
        type: 'ERROR',
        object: { kind: 'Status', code: 500, reason: 'InternalError' },
      });
      expect(event.object.message).toContain('RequestWatchProgress is disabled');
      expect(afterwards.done).toBe(true);
    });

    it('can be replaced by pages and a watch from where they end', async () => {
      const { client } = kubernetes();
      const firstPage = await client.expect({ path: '/api/v1/nodes?limit=1' });
      const rest = await client.expect({
        path: `/api/v1/nodes?limit=1&continue=${firstPage.metadata.continue}`,
      });
      const from = rest.metadata.resourceVersion;
      const watch = await client.stream({ path: `/api/v1/nodes?watch=true&resourceVersion=${from}` });
      await addNode(client, 'later');
      const [later] = await nextEvents(watch, 1);
      watch.close();

      expect([...firstPage.items, ...rest.items].map((node) => node.metadata.name)).toEqual([
        'first',
        'second',
      ]);
      expect(rest.metadata.continue).toBeUndefined();
      expect(typeAndName(later)).toEqual(['ADDED', 'later']);
    });
  });
});

/** Has a cluster with the nodes `first` and `second` for the tests of a block. */
function withTwoNodes(apiServerBinary: string, etcdBinary: string): { kubernetes(): RealKubernetes } {
  let running: RealKubernetes | undefined;
  beforeAll(async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'podium-kubernetes-'));
    const signal = AbortSignal.timeout(300_000);
    running = await startRealKubernetes({ folder, apiServerBinary, etcdBinary, signal });
    await addNode(running.client, 'first');
    await addNode(running.client, 'second');
  });
  afterAll(() => running?.stop());
  return { kubernetes: () => running! };
}
