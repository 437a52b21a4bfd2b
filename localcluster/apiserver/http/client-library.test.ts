import {
  CoordinationV1Api,
  CoreV1Api,
  KubeConfig,
  makeInformer,
  PatchStrategy,
  setHeaderOptions,
  V1MicroTime,
  type V1Pod,
} from '@kubernetes/client-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type LocalApiServer, startLocalApiServer, TOKENS } from '../../../tests/support/local-api-server.js';

let server: LocalApiServer;
const config = new KubeConfig();
beforeAll(async () => {
  server = await startLocalApiServer();
  config.loadFromOptions({
    clusters: [{ name: 'local', server: server.url, caData: Buffer.from(server.caPem).toString('base64') }],
    users: [{ name: 'admin', token: TOKENS.admin }],
    contexts: [{ name: 'local', cluster: 'local', user: 'admin' }],
    currentContext: 'local',
  });
});
afterAll(() => server.stop());

function aPod(name: string): V1Pod {
  return {
    metadata: { name, labels: { app: 'web' } },
    spec: { containers: [{ name: 'main', image: 'busybox:1' }] },
  };
}

describe('the Kubernetes client library', () => {
  it('creates, binds, patches, lists and deletes pods', async () => {
    const api = config.makeApiClient(CoreV1Api);
    const namespace = 'default';

    const created = await api.createNamespacedPod({ namespace, body: aPod('a') });
    await api.createNamespacedPodBinding({
      namespace,
      name: 'a',
      body: { metadata: { name: 'a' }, target: { kind: 'Node', name: 'n1' } },
    });
    await api.patchNamespacedPodStatus(
      { namespace, name: 'a', body: { status: { phase: 'Running' } } },
      setHeaderOptions('Content-Type', PatchStrategy.MergePatch),
    );
    const list = await api.listPodForAllNamespaces({
      labelSelector: 'app=web',
      fieldSelector: 'spec.nodeName=n1',
    });
    await api.deleteNamespacedPod({ namespace, name: 'a', gracePeriodSeconds: 0 });

    expect(created.metadata?.creationTimestamp).toBeInstanceOf(Date);
    expect(list.items.map(({ metadata, status }) => [metadata?.name, status?.phase])).toEqual([
      ['a', 'Running'],
    ]);
    await expect(api.readNamespacedPod({ namespace, name: 'a' })).rejects.toMatchObject({ code: 404 });
  });

  it('renews leases', async () => {
    const api = config.makeApiClient(CoordinationV1Api);
    const namespace = 'kube-node-lease';
    const lease = await api.createNamespacedLease({
      namespace,
      body: { metadata: { name: 'n1' }, spec: { holderIdentity: 'n1', renewTime: new V1MicroTime() } },
    });

    const renewed = await api.replaceNamespacedLease({
      namespace,
      name: 'n1',
      body: { ...lease, spec: { ...lease.spec, renewTime: new V1MicroTime() } },
    });

    expect(Number(renewed.metadata?.resourceVersion)).toBeGreaterThan(
      Number(lease.metadata?.resourceVersion),
    );
  });

  it('keeps a cache up to date', async () => {
    const api = config.makeApiClient(CoreV1Api);
    const namespace = 'default';
    const informer = makeInformer<V1Pod>(config, `/api/v1/namespaces/${namespace}/pods`, () =>
      api.listNamespacedPod({ namespace }),
    );
    const seen: string[] = [];
    for (const event of ['add', 'update', 'delete'] as const) {
      informer.on(event, (pod) => seen.push(`${event} ${pod.metadata?.name}`));
    }
    await api.createNamespacedPod({ namespace, body: aPod('before') });

    await informer.start();
    await api.createNamespacedPod({ namespace, body: aPod('after') });
    await expect.poll(() => seen).toEqual(['add before', 'add after']);
    await api.deleteNamespacedPod({ namespace, name: 'before' });

    await expect.poll(() => seen.at(-1)).toBe('delete before');
    await informer.stop();
  });
});
