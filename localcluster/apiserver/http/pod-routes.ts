import { CREATED_STATUS } from '../errors/api-error.js';
import { badRequest, methodNotAllowed } from '../errors/refusals.js';
import { isJsonObject, type JsonObject } from '../objects/json.js';
import type { KubeletLogs } from '../proxy/kubelet-logs.js';
import { type Binding, bindPod } from '../resources/bind-pod.js';
import type { ClusterState, ObjectAddress } from '../resources/cluster-state.js';
import { deleteObject } from '../resources/delete-object.js';
import { decode } from '../schema/decode.js';
import { DecodeError } from '../schema/decode-error.js';
import { type Answer, statusAnswer } from './answer.js';
import type { ApiRequest } from './api-request.js';
import { decodeDeleteOptions } from './delete-options.js';
import { logRoute } from './log-route.js';
import { parseDocument } from './request-body.js';
import { parseWriteOptions } from './write-options.js';

type PodRoute = (request: ApiRequest, pod: ObjectAddress) => Promise<Answer>;

/** The subresources of pods that do something of their own. */
export interface PodRoutes {
  readonly binding: PodRoute;
  readonly eviction: PodRoute;
  readonly log: PodRoute;
}

export function podRoutes(cluster: ClusterState, kubeletLogs: KubeletLogs): PodRoutes {
  return {
    binding: async (request, { namespace, name }) => {
      assertVerb(request, 'create');
      const { dryRun } = parseWriteOptions(request.query, 'CreateOptions');
      const binding = (await readDocument(request, 'Binding')) as unknown as Binding;
      bindPod(cluster, { namespace, name, binding, dryRun });
      return statusAnswer(CREATED_STATUS);
    },
    eviction: async (request, pod) => {
      assertVerb(request, 'create');
      const { dryRun } = parseWriteOptions(request.query, 'CreateOptions');
      evict(cluster, pod, await readDocument(request, 'Eviction'), dryRun);
      return statusAnswer(CREATED_STATUS);
    },
    log: (request, pod) => {
      assertVerb(request, 'get');
      return logRoute(cluster, kubeletLogs, request, pod);
    },
  };
}

function assertVerb({ info }: ApiRequest, verb: string): void {
  if (info.verb !== verb) throw methodNotAllowed();
}

async function readDocument(request: ApiRequest, kind: string): Promise<JsonObject> {
  const { document } = await parseDocument(await request.readBody(), request.contentType, kind);
  if ((document.kind ?? kind) !== kind)
    throw badRequest(`expected kind ${kind}, found ${String(document.kind)}`);
  try {
    return decode(kind, document).value;
  } catch (error) {
    throw error instanceof DecodeError ? badRequest(error.message) : error;
  }
}

/** There are no disruption budgets here, so an eviction is a deletion. */
function evict(cluster: ClusterState, pod: ObjectAddress, eviction: JsonObject, dryRun: boolean): void {
  const { metadata, deleteOptions } = eviction;
  if (!isJsonObject(metadata) || metadata.name !== pod.name) {
    throw badRequest('name in URL does not match name in Eviction object');
  }
  const options = decodeDeleteOptions(isJsonObject(deleteOptions) ? deleteOptions : {});
  deleteObject(cluster, {
    ...pod,
    ...(options.gracePeriodSeconds === undefined ? {} : { graceSec: options.gracePeriodSeconds }),
    ...(options.preconditions === undefined ? {} : { preconditions: options.preconditions }),
    dryRun: dryRun || (options.dryRun ?? []).length > 0,
  });
}
