import type { Kind } from '../kinds/kind.js';
import type { JsonObject, JsonValue } from '../objects/json.js';
import type { Field, FieldType, Scalar, StructType } from '../schema/field-type.js';
import { structType } from '../schema/struct-types.js';

const APIMACHINERY = 'io.k8s.apimachinery.pkg';

/** Leaves that have a name and a schema of their own. */
const NAMED_SCALARS: Readonly<Partial<Record<Scalar, readonly [definition: string, schema: JsonObject]>>> = {
  Time: [`${APIMACHINERY}.apis.meta.v1.Time`, { type: 'string', format: 'date-time' }],
  MicroTime: [`${APIMACHINERY}.apis.meta.v1.MicroTime`, { type: 'string', format: 'date-time' }],
  Quantity: [`${APIMACHINERY}.api.resource.Quantity`, { type: 'string' }],
  IntOrString: [`${APIMACHINERY}.util.intstr.IntOrString`, { type: 'string', format: 'int-or-string' }],
  FieldsV1: [`${APIMACHINERY}.apis.meta.v1.FieldsV1`, { type: 'object' }],
};

const PLAIN_SCALARS: Readonly<Partial<Record<Scalar, JsonObject>>> = {
  string: { type: 'string' },
  bool: { type: 'boolean' },
  int32: { type: 'integer', format: 'int32' },
  int64: { type: 'integer', format: 'int64' },
};

const TYPE_META: JsonObject = { apiVersion: { type: 'string' }, kind: { type: 'string' } };

/**
 * The schemas of some kinds and of everything that they are made of, by their published names. `refPrefix` is
 * where references point: that differs between the versions of OpenAPI.
 */
export function schemasOf(kinds: readonly Kind[], refPrefix: string): ReadonlyMap<string, JsonObject> {
  const schemas = new Map<string, JsonObject>();
  const writer = new SchemaWriter(schemas, refPrefix);
  for (const kind of kinds) writer.addKind(kind);
  return new Map([...schemas].sort(([left], [right]) => (left < right ? -1 : 1)));
}

class SchemaWriter {
  readonly #schemas: Map<string, JsonObject>;
  readonly #refPrefix: string;

  constructor(schemas: Map<string, JsonObject>, refPrefix: string) {
    this.#schemas = schemas;
    this.#refPrefix = refPrefix;
  }

  addKind({ kind, group, version }: Kind): void {
    const type = structType(kind);
    const schema = this.#structSchema(type, TYPE_META);
    this.#schemas.set(type.definition, {
      ...schema,
      'x-kubernetes-group-version-kind': [{ group, kind, version }],
    });
  }

  #structSchema(type: StructType, extra: JsonObject = {}): JsonObject {
    const fields = [...type.fields.values()];
    const required = fields.filter((field) => field.required).map(({ name }) => name);
    const properties = fields.map((field): [string, JsonObject] => [field.name, this.#fieldSchema(field)]);
    return {
      type: 'object',
      ...(required.length === 0 ? {} : { required }),
      properties: { ...extra, ...Object.fromEntries(properties) },
    };
  }

  #fieldSchema({ type }: Field): JsonObject {
    const schema = this.#typeSchema(type);
    if (type.shape !== 'list' || type.merge === undefined) return schema;
    const { key, retainKeys } = type.merge;
    return {
      ...schema,
      'x-kubernetes-patch-strategy': retainKeys ? 'merge,retainKeys' : 'merge',
      ...(key === undefined ? {} : { 'x-kubernetes-patch-merge-key': key }),
    };
  }

  #typeSchema(type: FieldType): JsonObject {
    switch (type.shape) {
      case 'scalar':
        return this.#scalarSchema(type.scalar);
      case 'struct':
        return this.#structReference(structType(type.name));
      case 'list':
        return { type: 'array', items: this.#typeSchema(type.element) };
      case 'map':
        return { type: 'object', additionalProperties: this.#typeSchema(type.value) };
    }
  }

  #scalarSchema(scalar: Scalar): JsonObject {
    const named = NAMED_SCALARS[scalar];
    if (named === undefined) return PLAIN_SCALARS[scalar] ?? { type: 'string' };
    const [definition, schema] = named;
    this.#schemas.set(definition, schema);
    return this.#reference(definition);
  }

  #structReference(type: StructType): JsonObject {
    if (!this.#schemas.has(type.definition)) {
      const placeholder: JsonObject = {};
      this.#schemas.set(type.definition, placeholder);
      this.#schemas.set(type.definition, this.#structSchema(type));
    }
    return this.#reference(type.definition);
  }

  #reference(definition: string): JsonObject {
    return { $ref: (this.#refPrefix + definition) satisfies JsonValue };
  }
}
