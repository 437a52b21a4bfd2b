import type { Kind } from '../kinds/kind.js';
import type { JsonObject } from '../objects/json.js';
import { groupVersionKind, type Operation, operationsOf } from './operations.js';
import { schemasOf } from './schemas.js';

/** The description of everything, OpenAPI 2.0: what kubectl up to 1.26 reads. */
export function openApiV2(kinds: readonly Kind[], version: string) {
  const paths: Record<string, Record<string, JsonObject>> = {};
  for (const operation of kinds.flatMap(operationsOf)) {
    paths[operation.path] = { ...paths[operation.path], [operation.method]: describe(operation) };
  }
  return {
    swagger: '2.0',
    info: { title: 'Podium local cluster', version },
    paths,
    definitions: Object.fromEntries(schemasOf(kinds, '#/definitions/')),
  };
}

export type OpenApiV2 = ReturnType<typeof openApiV2>;

function describe({ action, kind, query }: Operation): JsonObject {
  return {
    parameters: query.map((name) => ({ name, in: 'query', type: 'string' })),
    responses: { 200: { description: 'OK' } },
    'x-kubernetes-action': action,
    'x-kubernetes-group-version-kind': groupVersionKind(kind),
  };
}
