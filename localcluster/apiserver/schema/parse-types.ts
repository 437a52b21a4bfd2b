import { type Field, type FieldType, SCALARS, type Scalar, type StructType } from './field-type.js';

/**
 * Reads a table of API types, one type per line (continued on indented lines):
 *
 *     Container name:string#1! image:string#2 ports:ContainerPort[containerPort]#6 livenessProbe:Probe?#10
 *
 * A field is `name:type#number`, the number being that of the protobuf encoding. The type is a scalar or another
 * type of the tables, with `?` for a pointer (an explicit zero is kept), `[]` for a list that patches replace,
 * `[key]` for one that a strategic merge patch merges by key, `[*]` for a merged set of scalars, `{T}` for a map
 * from strings. `+Name` is an embedded struct, `!` a required field, `~` one that is written even when empty.
 */
export function parseTypes(table: string, definitionPrefix: string): readonly RawType[] {
  const types: RawType[] = [];
  for (const line of table.split('\n').filter((text) => text.trim() !== '')) {
    const words = line.trim().split(/\s+/);
    if (line.startsWith(' ')) types.at(-1)?.wireFields.push(...words.map(parseField));
    else {
      const name = words[0] ?? '';
      types.push({
        name,
        definition: definitionPrefix + name,
        wireFields: words.slice(1).map(parseField),
      });
    }
  }
  return types;
}

/** A type whose embedded structs are not yet spread out. */
export interface RawType {
  readonly name: string;
  readonly definition: string;
  readonly wireFields: Field[];
}

const FIELD =
  /^(?<inline>\+)?(?<name>\w+):(?<type>[\w{}]+)(?<list>\[(?<merge>[\w*]*)(?<retain>,retainKeys)?\])?(?<pointer>\?)?#(?<number>\d+)(?<mark>[!~])?$/;

function parseField(text: string): Field {
  const groups = FIELD.exec(text)?.groups;
  if (groups === undefined) throw new Error(`the type tables have a field that cannot be read: ${text}`);
  return {
    name: groups.name ?? '',
    type: fieldType(groups),
    number: Number(groups.number),
    pointer: groups.pointer !== undefined,
    always: groups.mark !== undefined,
    required: groups.mark === '!',
    inline: groups.inline !== undefined,
  };
}

function fieldType(groups: Readonly<Record<string, string | undefined>>): FieldType {
  const name = groups.type ?? '';
  if (name.startsWith('{')) return { shape: 'map', value: plainType(name.slice(1, -1)) };
  if (groups.list === undefined) return plainType(name);
  const element = plainType(name);
  if (groups.merge === '') return { shape: 'list', element };
  const key = groups.merge === '*' ? undefined : groups.merge;
  return { shape: 'list', element, merge: { key, retainKeys: groups.retain !== undefined } };
}

function plainType(name: string): FieldType {
  return isScalar(name) ? { shape: 'scalar', scalar: name } : { shape: 'struct', name };
}

function isScalar(name: string): name is Scalar {
  return (SCALARS as readonly string[]).includes(name);
}

/** Spreads embedded structs out, so that a type's fields are those of its JSON form. */
export function linkTypes(raw: readonly RawType[]): ReadonlyMap<string, StructType> {
  const byName = new Map(raw.map((type) => [type.name, type]));
  return new Map(
    raw.map((type) => [
      type.name,
      { ...type, fields: new Map(spread(type, byName).map((field) => [field.name, field])) },
    ]),
  );
}

function spread(type: RawType, byName: ReadonlyMap<string, RawType>): readonly Field[] {
  return type.wireFields.flatMap((field) => {
    if (!field.inline) return [field];
    const embedded = byName.get(field.name);
    if (embedded === undefined)
      throw new Error(`the type tables lack ${field.name}, embedded in ${type.name}`);
    return spread(embedded, byName);
  });
}
