import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeKubernetes } from '../support/describe-kubernetes.js';
import { type RealKubernetes, startRealKubernetes } from '../support/real-kubernetes.js';
import { findKubernetesTools } from '../support/tools.js';

const manifest = fileURLToPath(new URL('../../deployment/kubernetes/manager-rbac.yaml', import.meta.url));
const pod = '/api/v1/namespaces/default/pods/some';

describeKubernetes("the manager's service account", await findKubernetesTools(), (tools) => {
  let kubernetes: RealKubernetes;
  let token = '';
  beforeAll(async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'podium-kubernetes-'));
    const signal = AbortSignal.timeout(300_000);
    kubernetes = await startRealKubernetes({ folder, apiServerBinary: tools.apiServer, signal });
    await kubernetes.apply(manifest);
    token = await kubernetes.tokenFor('podium-system/podium-manager');
    await createObject('/api/v1/nodes', { kind: 'Node', metadata: { name: 'some' } });
    await createObject('/api/v1/namespaces/default/pods', {
      kind: 'Pod',
      metadata: { name: 'some' },
      spec: { containers: [{ name: 'main', image: 'none' }] },
    });
  });
  afterAll(() => kubernetes?.stop());

  function createObject(collection: string, object: object): Promise<unknown> {
    return kubernetes.client.expect({
      method: 'POST',
      path: collection,
      body: { apiVersion: 'v1', ...object },
    });
  }

  /** The server's own list of what somebody may do in a namespace. */
  async function rulesOf(somebody: string) {
    const { status } = await kubernetes.client.expect({
      method: 'POST',
      path: '/apis/authorization.k8s.io/v1/selfsubjectrulesreviews',
      token: somebody,
      body: {
        apiVersion: 'authorization.k8s.io/v1',
        kind: 'SelfSubjectRulesReview',
        spec: { namespace: 'kube-system' },
      },
    });
    return status;
  }

  it.each([
    '/api/v1/pods',
    '/api/v1/nodes',
    '/api/v1/pods?watch=true',
    '/api/v1/nodes?watch=true',
    pod,
    '/api/v1/nodes/some',
  ])('may read %s', async (path) => {
    const answer = await kubernetes.client.stream({ path, token });
    answer.close();

    expect(answer.status).toBe(200);
  });

  it.each([
    ['GET', '/api/v1/secrets'],
    ['GET', '/api/v1/namespaces/podium-system/secrets'],
    ['GET', '/api/v1/configmaps'],
    ['GET', '/api/v1/namespaces'],
    ['GET', `${pod}/log`],
    ['GET', '/api/v1/nodes/some/proxy/pods'],
    ['POST', `${pod}/exec?command=id`],
    ['POST', `${pod}/eviction`],
    ['POST', '/api/v1/namespaces/default/pods'],
    ['POST', '/api/v1/namespaces/podium-system/serviceaccounts/podium-manager/token'],
    ['PUT', pod],
    ['PATCH', pod],
    ['PATCH', `${pod}/status`],
    ['PATCH', '/api/v1/nodes/some'],
    ['DELETE', pod],
    ['DELETE', '/api/v1/nodes/some'],
    ['DELETE', '/api/v1/namespaces/default/pods'],
  ] as const)('may not %s %s', async (method, path) => {
    const answer = await kubernetes.client.send({ method, path, token });

    expect(answer).toMatchObject({ status: 403, body: { reason: 'Forbidden' } });
  });

  it('has one rule more than a service account without any role, and no other', async () => {
    await createObject('/api/v1/namespaces/default/serviceaccounts', {
      kind: 'ServiceAccount',
      metadata: { name: 'nobody' },
    });

    const everybody = await rulesOf(await kubernetes.tokenFor('default/nobody'));
    const manager = await rulesOf(token);

    const own = { verbs: ['get', 'list', 'watch'], apiGroups: [''], resources: ['pods', 'nodes'] };
    expect(manager.incomplete).toBe(false);
    expect(manager.resourceRules).toHaveLength(everybody.resourceRules.length + 1);
    expect(manager.resourceRules).toEqual(expect.arrayContaining([own, ...everybody.resourceRules]));
    expect(new Set(manager.nonResourceRules)).toEqual(new Set(everybody.nonResourceRules));
  });
});
