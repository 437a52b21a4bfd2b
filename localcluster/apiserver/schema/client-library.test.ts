import * as library from '@kubernetes/client-node';
import { describe, expect, it } from 'vitest';
import type { FieldType } from './field-type.js';
import { STRUCT_TYPES } from './struct-types.js';

interface Attribute {
  readonly baseName: string;
  readonly type: string;
}

/** The client library's model of a type of ours; undefined when it has none. */
function modelOf(name: string): readonly Attribute[] | undefined {
  const models = library as unknown as Record<
    string,
    { getAttributeTypeMap?(): readonly Attribute[] } | undefined
  >;
  const names = [`V1${name}`, `Core${name}`, `CoreV1${name}`, `V1Core${name}`];
  return names
    .map((candidate) => models[candidate]?.getAttributeTypeMap?.())
    .find((map) => map !== undefined);
}

/** A type of ours in the client library's words, as far as both say the same. */
function libraryType(type: FieldType): string {
  switch (type.shape) {
    case 'list':
      return `Array<${libraryType(type.element)}>`;
    case 'map':
      return `{ [key: string]: ${libraryType(type.value)}; }`;
    case 'struct':
      return 'object';
    case 'scalar':
      return (
        { bool: 'boolean', int32: 'number', int64: 'number', Quantity: 'string', string: 'string' }[
          type.scalar as 'string'
        ] ?? 'other'
      );
  }
}

function comparable(type: string): string {
  return type
    .replace(/\b(V1|Core|Discovery|Events)\w+/g, 'object')
    .replace(/\b(Date|V1MicroTime|IntOrString|any)\b/g, 'other');
}

const shared = [...STRUCT_TYPES.values()].flatMap((type) => {
  const model = modelOf(type.name);
  return model === undefined ? [] : [[type.name, type, model] as const];
});

describe('the type tables and the client library', () => {
  it('share most types', () => {
    expect(shared.length).toBeGreaterThan(140);
  });

  it.each(shared)('agree on the fields of %s', (name, type, model) => {
    const known = new Map(model.map((attribute) => [attribute.baseName, attribute]));
    for (const field of type.fields.values()) {
      const attribute = known.get(field.name);
      expect(attribute, `${name}.${field.name}`).toBeDefined();
      const [ours, theirs] = [libraryType(field.type), comparable(attribute?.type ?? '')];
      if (!ours.includes('other')) expect(ours, `${name}.${field.name}`).toBe(theirs);
    }
  });
});
