import { openApiDocument } from '../../../manager/http/openapi-document.js';
import type { TestManager } from '../test-manager.js';

/** One route as the OpenAPI document of the running application tells it. */
export interface Operation {
  /** Such as `PUT /api/v1/strategies`. */
  readonly name: string;
  readonly method: string;
  readonly path: string;
  /** `open`, `signed in` or a permission key. */
  readonly access: string;
  readonly parameters: readonly Parameter[];
  readonly body: Schema | undefined;
  /** Those that the document tells of. */
  readonly statuses: readonly number[];
}

export interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly schema?: Schema;
}

/** JSON Schema as far as the tests look at it; references are followed. */
export interface Schema {
  readonly type?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
}

interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, DocumentedOperation>>>>;
  readonly components: { readonly schemas?: Readonly<Record<string, Schema>> };
}

interface DocumentedOperation {
  readonly 'x-access': string;
  readonly parameters?: readonly Parameter[];
  readonly responses: Readonly<Record<string, unknown>>;
  readonly requestBody?: { readonly content: { readonly 'application/json': { readonly schema: Schema } } };
}

export function operationsOf(manager: TestManager): readonly Operation[] {
  const document = openApiDocument(manager.api) as Document;
  return Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      name: `${method.toUpperCase()} ${path}`,
      method: method.toUpperCase(),
      path,
      access: operation['x-access'],
      parameters: operation.parameters ?? [],
      statuses: Object.keys(operation.responses).map(Number),
      body: followed(operation.requestBody?.content['application/json'].schema, document),
    })),
  );
}

function followed(schema: Schema | undefined, document: Document): Schema | undefined {
  if (schema === undefined) return undefined;
  const reference = (schema as { $ref?: string }).$ref?.replace('#/components/schemas/', '');
  if (reference !== undefined) return followed(document.components.schemas?.[reference], document);
  const { properties, items, ...rest } = schema;
  return {
    ...rest,
    ...(properties === undefined
      ? {}
      : {
          properties: Object.fromEntries(
            Object.entries(properties).map(([name, inner]) => [name, followed(inner, document) ?? {}]),
          ),
        }),
    ...(items === undefined ? {} : { items: followed(items, document) ?? {} }),
  };
}
