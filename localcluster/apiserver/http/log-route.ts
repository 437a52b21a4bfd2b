import { type FieldError, forbidden, invalidValue } from '../errors/field-error.js';
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

/** Parameters that are handed on to the kubelet as they are. */
const PASSED_ON = [
  'follow',
  'previous',
  'timestamps',
  'sinceSeconds',
  'sinceTime',
  'tailLines',
  'limitBytes',
] as const;
const COUNTS = ['sinceSeconds', 'tailLines', 'limitBytes'] as const;

/** Answers with a container's log, which the kubelet of the pod's node has. */
export async function logRoute(
  cluster: ClusterState,
  kubeletLogs: KubeletLogs,
  request: ApiRequest,
  address: ObjectAddress,
): Promise<Answer> {
  const { query, signal } = request;
  const faults = optionFaults(query);
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
    query: passedOn(query),
    signal,
  });
  return { status: 200, contentType: 'text/plain', chunks };
}

function optionFaults(query: URLSearchParams): readonly FieldError[] {
  const counts = COUNTS.flatMap((name) => {
    const text = query.get(name);
    if (text === null) return [];
    if (!/^[+-]?\d{1,15}$/.test(text))
      throw badRequest(`strconv.ParseInt: parsing ${JSON.stringify(text)}: invalid syntax`);
    const least = name === 'tailLines' ? 0 : 1;
    if (Number(text) >= least) return [];
    const bound = least === 0 ? 'greater than or equal to 0' : 'greater than 0';
    return [invalidValue(name, Number(text), `must be ${bound}`)];
  });
  const bothSince = query.has('sinceSeconds') && query.has('sinceTime');
  return bothSince
    ? [...counts, forbidden('[]', 'at most one of `sinceTime` or `sinceSeconds` may be specified')]
    : counts;
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

function passedOn(query: URLSearchParams): URLSearchParams {
  const passed = new URLSearchParams();
  for (const name of PASSED_ON) {
    const value = query.get(name);
    if (value !== null) passed.set(name, value);
  }
  return passed;
}
