import { badRequest } from '../errors/refusals.js';
import { parseFlag } from '../resources/query-values.js';

/** What a request's path and method say about it. */
export type RequestInfo = ResourceRequest | PathRequest;

export interface ResourceRequest {
  readonly type: 'resource';
  /** What authorization is asked for: get, list, watch, create, update, patch, delete, deletecollection. */
  readonly verb: string;
  readonly group: string;
  readonly version: string;
  /** Empty outside of namespaces. The namespace of a namespace is itself. */
  readonly namespace: string;
  readonly resource: string;
  /** Empty for a whole collection. */
  readonly name: string;
  readonly subresource: string;
  /** Whether the path goes through `namespaces/NAME/` to a resource in it. */
  readonly inNamespace: boolean;
}

/** A path that names no resource, such as /version. */
export interface PathRequest {
  readonly type: 'path';
  /** The method in lower case. */
  readonly verb: string;
  readonly path: string;
}

const NAMESPACE_SUBRESOURCES = ['status', 'finalize'];

/** Reads a request's line the way the real API server does. Throws a 400 refusal for a malformed path. */
export function requestInfo(method: string, path: string, query: URLSearchParams): RequestInfo {
  const segments = path.split('/').filter((segment) => segment !== '');
  const [root, ...rest] = segments.map(decodeSegment);
  const [group, version, ...parts] = root === 'api' ? ['', ...rest] : rest;
  const isResource = (root === 'api' || root === 'apis') && parts.length > 0 && parts.length <= 5;
  if (!isResource || group === undefined || version === undefined) {
    return { type: 'path', verb: method.toLowerCase(), path };
  }
  const target = targetOf(parts);
  return { type: 'resource', group, version, ...target, verb: verbOf(method, target.name === '', query) };
}

function decodeSegment(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    throw badRequest(`the path has a malformed escape: ${segment}`);
  }
}

type Target = Omit<ResourceRequest, 'type' | 'verb' | 'group' | 'version'>;

function targetOf(parts: readonly string[]): Target {
  const [first = '', second = '', third = '', ...rest] = parts;
  if (first !== 'namespaces' || second === '') {
    return target({ resource: first, name: second, subresource: third });
  }
  if (third === '' || NAMESPACE_SUBRESOURCES.includes(third)) {
    return target({ namespace: second, resource: first, name: second, subresource: third });
  }
  const [name = '', subresource = ''] = rest;
  return target({ namespace: second, resource: third, name, subresource, inNamespace: true });
}

function target(given: Partial<Target>): Target {
  return { namespace: '', resource: '', name: '', subresource: '', inNamespace: false, ...given };
}

function verbOf(method: string, isCollection: boolean, query: URLSearchParams): string {
  switch (method) {
    case 'GET':
    case 'HEAD':
      if (!isCollection) return 'get';
      return parseFlag(query, 'watch') ? 'watch' : 'list';
    case 'POST':
      return 'create';
    case 'PUT':
      return 'update';
    case 'PATCH':
      return 'patch';
    case 'DELETE':
      return isCollection ? 'deletecollection' : 'delete';
    default:
      return method.toLowerCase();
  }
}
