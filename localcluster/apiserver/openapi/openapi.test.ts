import { describe, expect, it } from 'vitest';
import { KINDS } from '../kinds/all-kinds.js';
import { bytesOf, readFields, type WireField } from '../protobuf/wire-format.js';
import { openApiV2 } from './openapi-v2.js';
import { encodeOpenApiV2 } from './openapi-v2-protobuf.js';
import { openApiV3 } from './openapi-v3.js';

/** The texts of all references in a document. */
function referencesIn(value: unknown): readonly string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, item]) =>
    key === '$ref' ? [item as string] : referencesIn(item),
  );
}

describe('the descriptions', () => {
  it('refer only to what they define', () => {
    const v2 = openApiV2(KINDS, 'v1');
    const v3 = openApiV3(KINDS, 'v1');

    for (const reference of referencesIn(v2))
      expect(v2.definitions).toHaveProperty([reference.slice('#/definitions/'.length)]);
    for (const reference of referencesIn(v3)) {
      expect(v3.components.schemas).toHaveProperty([reference.slice('#/components/schemas/'.length)]);
    }
  });

  it('describe leaves of their own kind, required fields and how lists are merged', () => {
    const { definitions } = openApiV2(KINDS, 'v1');

    expect(definitions['io.k8s.apimachinery.pkg.api.resource.Quantity']).toEqual({ type: 'string' });
    expect(definitions['io.k8s.api.core.v1.EnvVar']).toMatchObject({ required: ['name'] });
    expect(definitions['io.k8s.api.core.v1.PodSpec']).toMatchObject({
      properties: {
        volumes: {
          'x-kubernetes-patch-strategy': 'merge,retainKeys',
          'x-kubernetes-patch-merge-key': 'name',
        },
        nodeSelector: { type: 'object', additionalProperties: { type: 'string' } },
      },
    });
  });
});

describe('encodeOpenApiV2', () => {
  const message = encodeOpenApiV2(openApiV2(KINDS, 'v1.2.3'));
  const fieldsOf = (bytes: Buffer) => [...readFields(bytes)];
  const all = (fields: readonly WireField[], number: number) =>
    fields.filter((field) => field.number === number).map(bytesOf);
  const first = (bytes: Buffer, ...path: readonly number[]): Buffer =>
    path.reduce((inner, number) => all(fieldsOf(inner), number)[0] ?? Buffer.alloc(0), bytes);

  it('has the document in the places that its readers look at', () => {
    const names = all(fieldsOf(first(message, 9)), 1).map((entry) => first(entry, 1).toString());

    expect(first(message, 1).toString()).toBe('2.0');
    expect(first(message, 2, 2).toString()).toBe('v1.2.3');
    expect(names).toContain('io.k8s.api.core.v1.Pod');
  });

  it('says of which kind a schema is, and which parameters a patch takes', () => {
    const schemas = all(fieldsOf(first(message, 9)), 1);
    const pod =
      schemas.find((entry) => first(entry, 1).toString() === 'io.k8s.api.core.v1.Pod') ?? Buffer.alloc(0);
    const paths = all(fieldsOf(first(message, 8)), 2);
    const item =
      paths.find((entry) => first(entry, 1).toString() === '/api/v1/namespaces/{namespace}/pods/{name}') ??
      Buffer.alloc(0);
    const parameters = all(fieldsOf(first(item, 2, 8)), 8).map((entry) =>
      first(entry, 1, 2, 3, 4).toString(),
    );

    expect(first(pod, 2, 31, 1).toString()).toBe('x-kubernetes-group-version-kind');
    expect(first(pod, 2, 31, 2, 2).toString()).toBe('[{"group":"","kind":"Pod","version":"v1"}]');
    expect(parameters).toContain('dryRun');
  });
});
