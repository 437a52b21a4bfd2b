import { createHash } from 'node:crypto';
import {
  apiGroup,
  apiGroupList,
  apiResourceList,
  apiVersions,
  groupDiscoveryList,
  groupsOf,
} from '../discovery/discovery-documents.js';
import { methodNotAllowed, noSuchResource, notAcceptable } from '../errors/refusals.js';
import { apiVersionOf, type Kind } from '../kinds/kind.js';
import { openApiV2 } from '../openapi/openapi-v2.js';
import { encodeOpenApiV2 } from '../openapi/openapi-v2-protobuf.js';
import { openApiV3, openApiV3Index } from '../openapi/openapi-v3.js';
import { parseAccept } from '../representation/media-type.js';
import { acceptsJson } from '../representation/negotiate.js';
import { type Answer, plainAnswer } from './answer.js';
import { VERSION_INFO } from './version-info.js';

export interface DocumentRequest {
  readonly method: string;
  readonly path: string;
  readonly accept: string;
  /** The If-None-Match header. */
  readonly etag: string;
}

/** A text that stays the same as long as the process runs, with a tag by which clients ask whether it has. */
interface Document {
  readonly contentType: string;
  readonly body: string | Buffer;
  readonly hash: string;
}

const OPENAPI_V2_PROTOBUF = 'application/com.github.proto-openapi.spec.v2@v1.0+protobuf';

/** Answers with the documents that say what is served: discovery, descriptions and the version. */
export class DocumentRoutes {
  readonly #kinds: readonly Kind[];
  readonly #serverAddress: () => string;
  readonly #documents = new Map<string, Document>();

  constructor(kinds: readonly Kind[], serverAddress: () => string) {
    this.#kinds = kinds;
    this.#serverAddress = serverAddress;
  }

  /** Undefined when there is no document at the path. Throws refusals. */
  answer(request: DocumentRequest): Answer | undefined {
    const path = request.path.replace(/(?<=.)\/+$/, '');
    const document = this.#find(path, request.accept);
    if (document === undefined) return undefined;
    if (request.method !== 'GET') throw methodNotAllowed();
    const tag = `"${document.hash}"`;
    const headers = { etag: tag, vary: 'Accept' };
    if (request.etag === tag) return { ...plainAnswer(304, ''), headers };
    return { status: 200, contentType: document.contentType, body: document.body, headers };
  }

  #find(path: string, accept: string): Document | undefined {
    switch (path) {
      case '/version':
        return this.#json(path, accept, () => VERSION_INFO);
      case '/api':
        return this.#discovery(path, accept, '', () => apiVersions(this.#serverAddress()));
      case '/apis':
        return this.#discovery(path, accept, undefined, () => apiGroupList(this.#groups()));
      case '/openapi/v2':
        return this.#openApiV2(accept);
      case '/openapi/v3':
        return this.#json(path, accept, () => openApiV3Index(this.#openApiV3Documents()));
      default:
        return this.#findBelow(path, accept);
    }
  }

  #findBelow(path: string, accept: string): Document | undefined {
    if (path.startsWith('/openapi/v3/')) {
      return this.#openApiV3Documents().get(path.slice('/openapi/v3/'.length));
    }
    for (const group of this.#groups()) {
      const root = group.name === '' ? '/api' : `/apis/${group.name}`;
      if (path === root) return this.#json(path, accept, () => apiGroup(group));
      if (path === `${root}/${group.version}`) return this.#json(path, accept, () => apiResourceList(group));
    }
    if (path.startsWith('/api/')) throw noSuchResource();
    return undefined;
  }

  #groups() {
    return groupsOf(this.#kinds);
  }

  /** Discovery comes in two forms: everything at once for clients that ask for it, or step by step. */
  #discovery(path: string, accept: string, groupName: '' | undefined, stepByStep: () => object): Document {
    for (const { type, parameters } of parseAccept(accept)) {
      const { as, g: group, v: version = '' } = parameters;
      if (type !== 'application/json' || as !== 'APIGroupDiscoveryList') continue;
      if (group !== 'apidiscovery.k8s.io' || !['v2', 'v2beta1'].includes(version)) continue;
      const contentType = `application/json;g=apidiscovery.k8s.io;v=${version};as=APIGroupDiscoveryList`;
      const groups = this.#groups().filter(({ name }) => (name === '') === (groupName === ''));
      return this.#kept(`${path} ${version}`, contentType, () =>
        JSON.stringify(groupDiscoveryList(groups, version)),
      );
    }
    return this.#json(path, accept, stepByStep);
  }

  #openApiV2(accept: string): Document {
    const document = () => openApiV2(this.#kinds, VERSION_INFO.gitVersion);
    const wantsProtobuf = parseAccept(accept).some(({ type }) => type === OPENAPI_V2_PROTOBUF);
    if (!wantsProtobuf) return this.#json('/openapi/v2', accept, document);
    return this.#kept('/openapi/v2 protobuf', OPENAPI_V2_PROTOBUF.replace('@', '.'), () =>
      encodeOpenApiV2(document()),
    );
  }

  #openApiV3Documents(): ReadonlyMap<string, Document> {
    const entries = this.#groups().map((group): [string, Document] => {
      const name = `${group.name === '' ? 'api' : 'apis'}/${apiVersionOf({ ...group, group: group.name })}`;
      const text = () => JSON.stringify(openApiV3(group.kinds, VERSION_INFO.gitVersion));
      return [name, this.#kept(`/openapi/v3/${name}`, 'application/json', text)];
    });
    return new Map(entries);
  }

  #json(path: string, accept: string, document: () => object): Document {
    if (!acceptsJson(accept)) throw notAcceptable();
    return this.#kept(path, 'application/json', () => JSON.stringify(document()));
  }

  /** Made when it is first asked for, then kept. */
  #kept(key: string, contentType: string, make: () => string | Buffer): Document {
    const known = this.#documents.get(key);
    if (known !== undefined) return known;
    const body = make();
    const hash = createHash('sha256').update(body).digest('hex').toUpperCase();
    const document = { contentType, body, hash };
    this.#documents.set(key, document);
    return document;
  }
}
