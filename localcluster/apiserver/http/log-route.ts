import { badRequest, invalidObject, notFound } from '../errors/refusals.js';
import type { Node } from '../kinds/node/node.js';
import { NODE_KIND } from '../kinds/node/node-kind.js';
import { allContainers, type Pod } from '../kinds/pod/pod.js';
import type { KubeletLogs } from '../proxy/kubelet-logs.js';
import {
  type ClusterState,
  collectionOf,
  keyOf,
  type ObjectAddress,
  resourceOf,
} from '../resources/cluster-state.js';
import { type Answer, plainAnswer } from './answer.js';
import type { ApiRequest } from './api-request.js';
import { kubeletLogQuery, logOptionFaults } from './log-options.js';

/** Answers with a container's log, which the kubelet of the pod's node has. */
export async function logRoute(
  cluster: ClusterState,
  kubeletLogs: KubeletLogs,
  request: ApiRequest,
  address: ObjectAddress,
): Promise<Answer> {
  const { query, signal } = request;
  const faults = logOptionFaults(query);
  if (faults.length > 0) throw invalidObject({ group: '', resource: 'PodLogOptions' }, address.name, faults);
  const pod = collectionOf(cluster, address.kind).get(keyOf(address))?.object as Pod | undefined;
  if (pod === undefined) throw notFound(resourceOf(address.kind), address.name);
  const container = containerOf(pod, query.get('container') ?? '');
  const { nodeName } = pod.spec;
  if (nodeName === undefined) return plainAnswer(204, '');
  const node = collectionOf(cluster, NODE_KIND).get(nodeName)?.object as Node | undefined;
  if (node === undefined) throw notFound(resourceOf(NODE_KIND), nodeName);
  const chunks = await kubeletLogs.open({
    node,
    namespace: address.namespace,
    pod: address.name,
    container,
    query: kubeletLogQuery(query),
    signal,
  });
  return { status: 200, contentType: 'text/plain', chunks };
}

/** The container that is meant: the one that is named, or the only one. */
function containerOf({ metadata, spec }: Pod, name: string): string {
  const names = allContainers(spec).map((container) => container.name);
  if (name === '') {
    const [only] = names;
    if (only !== undefined && names.length === 1) return only;
    throw badRequest(
      `a container name must be specified for pod ${metadata.name}, choose one of: [${names.join(' ')}]`,
    );
  }
  if (names.includes(name)) return name;
  throw badRequest(`container ${name} is not valid for pod ${metadata.name}`);
}
