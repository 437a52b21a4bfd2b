import type { Kind } from '../kinds/kind.js';
import { groupVersionKind, type Operation, operationsOf } from './operations.js';
import { schemasOf } from './schemas.js';

/** The description of one group and version, OpenAPI 3.0: what kubectl 1.27 and later reads. */
export function openApiV3(kinds: readonly Kind[], version: string) {
  const paths: Record<string, Record<string, object>> = {};
  for (const operation of kinds.flatMap(operationsOf)) {
    paths[operation.path] = { ...paths[operation.path], [operation.method]: describe(operation) };
  }
  return {
    openapi: '3.0.0',
    info: { title: 'Podium local cluster', version },
    paths,
    components: { schemas: Object.fromEntries(schemasOf(kinds, '#/components/schemas/')) },
  };
}

function describe({ action, kind, query }: Operation) {
  return {
    responses: { 200: { description: 'OK' } },
    parameters: query.map((name) => ({ name, in: 'query', schema: { type: 'string' } })),
    'x-kubernetes-action': action,
    'x-kubernetes-group-version-kind': groupVersionKind(kind),
  };
}

/** The answer at /openapi/v3: where each group and version is described. `hash` tells versions of a text apart. */
export function openApiV3Index(documents: ReadonlyMap<string, { readonly hash: string }>) {
  const entries = [...documents].map(([name, { hash }]) => [
    name,
    { serverRelativeURL: `/openapi/v3/${name}?hash=${hash}` },
  ]);
  return { paths: Object.fromEntries(entries) };
}
