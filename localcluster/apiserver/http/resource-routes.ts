import { deletedStatus } from '../errors/api-error.js';
import {
  methodNotAllowed,
  noSuchResource,
  notFound,
  notImplemented,
  plainFailure,
} from '../errors/refusals.js';
import type { Kind, Verb } from '../kinds/kind.js';
import { negotiate } from '../representation/negotiate.js';
import { type ClusterState, collectionOf, keyOf, resourceOf } from '../resources/cluster-state.js';
import { createObject } from '../resources/create-object.js';
import { type DecodedObject, decodeBody, type FieldValidation } from '../resources/decode-object.js';
import { type Deleted, deleteObject } from '../resources/delete-object.js';
import { listObjects } from '../resources/list-objects.js';
import { parseListOptions } from '../resources/list-options.js';
import { assertReached, revisionFault } from '../resources/revisions.js';
import { replaceObject } from '../resources/update-object.js';
import { type Answer, jsonAnswer, NO_SUCH_PATH, statusAnswer } from './answer.js';
import type { ApiRequest } from './api-request.js';
import { customResourcesAnswer } from './custom-resources.js';
import { readDeleteOptions } from './delete-options.js';
import { objectAnswer } from './object-answer.js';
import { patchRoute } from './patch-route.js';
import type { PodRoutes } from './pod-routes.js';
import { parseDocument } from './request-body.js';
import type { ResourceCall } from './resource-call.js';
import { watchRoute } from './watch-route.js';
import { parseWriteOptions } from './write-options.js';

/** What every route on resources needs. */
export interface RouteContext {
  readonly cluster: ClusterState;
  readonly kinds: readonly Kind[];
  readonly podRoutes: PodRoutes;
}

/** Subresources of the real API server that need a connection into a container or a pod's network. */
const NOT_OFFERED = ['exec', 'attach', 'portforward', 'proxy', 'ephemeralcontainers', 'resize'];

/** Answers a request on a resource. Throws refusals. */
export async function answerResourceRequest(context: RouteContext, request: ApiRequest): Promise<Answer> {
  const { info } = request;
  const customResources = customResourcesAnswer(info);
  if (customResources !== undefined) return customResources;
  if (!context.kinds.some(({ group }) => group === info.group)) return NO_SUCH_PATH;
  const kind = kindOf(context.kinds, request);
  const address = { kind, namespace: info.inNamespace ? info.namespace : '', name: info.name };
  if (kind.plural === 'pods' && Object.hasOwn(context.podRoutes, info.subresource)) {
    return context.podRoutes[info.subresource as keyof PodRoutes](request, address);
  }
  const representation = negotiate({
    accept: request.accept,
    includeObject: request.query.get('includeObject') ?? '',
    now: context.cluster.now,
  });
  return route(context.cluster, { request, address, representation });
}

function kindOf(kinds: readonly Kind[], { info }: ApiRequest): Kind {
  const { group, version, resource, name, subresource, inNamespace, verb } = info;
  const kind = kinds.find(
    (candidate) =>
      candidate.group === group && candidate.version === version && candidate.plural === resource,
  );
  if (kind === undefined || (inNamespace && !kind.namespaced)) throw noSuchResource();
  const acrossNamespaces = kind.namespaced && !inNamespace;
  if (acrossNamespaces && name !== '') throw noSuchResource();
  if (acrossNamespaces && verb !== 'list' && verb !== 'watch') throw methodNotAllowed();
  assertSubresource(kind, subresource);
  return kind;
}

function assertSubresource(kind: Kind, subresource: string): void {
  if (subresource === '' || kind.subresources.some(({ name }) => name === subresource)) return;
  if (kind.plural === 'pods' && NOT_OFFERED.includes(subresource)) throw notImplemented(subresource);
  throw noSuchResource();
}

function route(cluster: ClusterState, call: ResourceCall): Answer | Promise<Answer> {
  const { verb, name, subresource } = call.request.info;
  const { kind } = call.address;
  const isCollection = name === '';
  if (subresource === '' && !kind.verbs.includes(verb as Verb)) throw methodNotAllowed();
  switch (verb) {
    case 'list':
      return listRoute(cluster, call);
    case 'watch':
      return watchRoute(cluster, call);
    case 'get':
      return getRoute(cluster, call);
    case 'create':
      if (isCollection) return createRoute(cluster, call);
      break;
    case 'update':
      if (!isCollection) return updateRoute(cluster, call);
      break;
    case 'patch':
      if (!isCollection) return patchRoute(cluster, call);
      break;
    case 'delete':
      if (subresource === '') return deleteRoute(cluster, call);
      break;
    case 'deletecollection':
      return deleteCollectionRoute(cluster, call);
  }
  throw methodNotAllowed();
}

function listRoute(cluster: ClusterState, { request, address, representation }: ResourceCall): Answer {
  const options = parseListOptions(request.query);
  const list = listObjects(cluster, address.kind, address.namespace, options);
  return jsonAnswer(200, representation.list(address.kind, list));
}

function getRoute(cluster: ClusterState, { request, address, representation }: ResourceCall): Answer {
  const resourceVersion = request.query.get('resourceVersion') ?? '';
  const fault = revisionFault(resourceVersion);
  if (fault !== undefined) throw plainFailure(fault);
  assertReached(Number(resourceVersion), cluster.store.revision);
  const stored = collectionOf(cluster, address.kind).get(keyOf(address));
  if (stored === undefined) throw notFound(resourceOf(address.kind), address.name);
  return jsonAnswer(200, representation.object(address.kind, stored.object));
}

async function createRoute(cluster: ClusterState, call: ResourceCall): Promise<Answer> {
  const { request, address } = call;
  const { dryRun, validation } = parseWriteOptions(request.query, 'CreateOptions');
  const { object, warnings } = await readObject(call, validation);
  const created = createObject(cluster, { kind: address.kind, namespace: address.namespace, object, dryRun });
  return objectAnswer(call, 201, created, warnings);
}

async function updateRoute(cluster: ClusterState, call: ResourceCall): Promise<Answer> {
  const { dryRun, validation } = parseWriteOptions(call.request.query, 'UpdateOptions');
  const { object, warnings } = await readObject(call, validation);
  const subresource = call.request.info.subresource === 'status' ? 'status' : '';
  const updated = replaceObject(cluster, { ...call.address, subresource, object, dryRun });
  return objectAnswer(call, updated.created ? 201 : 200, updated.object, warnings);
}

async function readObject(
  { request, address }: ResourceCall,
  validation: FieldValidation,
): Promise<DecodedObject> {
  const { kind } = address;
  const { document, duplicateFields } = await parseDocument(
    await request.readBody(),
    request.contentType,
    kind.kind,
  );
  return decodeBody(kind, document, validation, duplicateFields);
}

async function deleteRoute(cluster: ClusterState, call: ResourceCall): Promise<Answer> {
  const options = await readDeleteOptions(call.request);
  const deleted = deleteObject(cluster, { ...call.address, ...options });
  if (showsObject(call.address.kind, deleted)) return objectAnswer(call, 200, deleted.object, []);
  const { kind, name } = call.address;
  const { uid } = deleted.object.metadata;
  return statusAnswer(
    deletedStatus({
      name,
      ...(kind.group === '' ? {} : { group: kind.group }),
      kind: kind.plural,
      ...(uid === undefined ? {} : { uid }),
    }),
  );
}

/** Kinds whose deletion takes time always show the object; the others only when it is still there. */
function showsObject(kind: Kind, { removed }: Deleted): boolean {
  return kind.graceSeconds !== undefined || !removed;
}

async function deleteCollectionRoute(cluster: ClusterState, call: ResourceCall): Promise<Answer> {
  const { request, address, representation } = call;
  const options = await readDeleteOptions(request);
  const list = listObjects(cluster, address.kind, address.namespace, parseListOptions(request.query));
  for (const { object } of list.items) {
    deleteObject(cluster, { ...address, ...options, name: object.metadata.name ?? '' });
  }
  return jsonAnswer(200, representation.list(address.kind, list));
}
