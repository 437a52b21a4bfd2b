import type { Item } from '../output/table.js';

/** A property that a document can set. */
export interface Field {
  /** As the API spells it; documents may ignore case. */
  readonly name: string;
  readonly otherNames?: readonly string[];
  /** What the server makes of a document without it. */
  readonly fallback: unknown;
  /** One form for values that mean the same. */
  readonly normal?: (value: unknown) => unknown;
}

/** What can be applied from documents. */
export interface ResourceKind {
  /** Such as `strategy`. */
  readonly noun: string;
  readonly plural: string;
  /** Of the API: create by POST, replace by PUT. */
  readonly path: string;
  readonly listPath: string;
  /** The list's key in the answer, and in a document that holds many. */
  readonly listKey: string;
  /** How the API calls the id in the body of a PUT, and in documents beside `id`. */
  readonly idKey: string;
  readonly fields: readonly Field[];
  /** What our own answers carry besides, in lower case: documents may leave it in. */
  readonly readOnlyKeys: ReadonlySet<string>;
  /**
   * How a document without an id finds what it is about: by its name, or, for what has none, by being the same in
   * everything.
   */
  readonly identity: 'name' | 'content';
  /** Whether the server makes one thing of a creation that is sent again under the same Idempotency-Key. */
  readonly createsOnce: boolean;
  /** Whether a PUT leaves alone what its body does not name; otherwise that gets its default. */
  readonly keepsMissing: boolean;
}

/** A document in the API's words. */
export interface Wanted {
  readonly id: string | undefined;
  /** In normal form; with every default filled in unless the kind keeps what is missing. */
  readonly spec: Item;
  /** Keys that this program does not know. The server has the last word on them. */
  readonly unknownKeys: readonly string[];
}

/** What a document, or an answer of the server, says in the API's words. */
export function wantedOf(kind: ResourceKind, document: Item, fillIn = !kind.keepsMissing): Wanted {
  const fields = new Map(
    kind.fields.flatMap((field) =>
      [field.name, ...(field.otherNames ?? [])].map((name) => [name.toLowerCase(), field] as const),
    ),
  );
  const spec: Record<string, unknown> = {};
  const unknownKeys: string[] = [];
  let id: string | undefined;
  for (const [key, value] of Object.entries(document)) {
    const name = key.toLowerCase();
    const field = fields.get(name);
    if (name === 'id' || name === kind.idKey.toLowerCase()) id = String(value);
    else if (field !== undefined) spec[field.name] = normalValue(field, value);
    else if (!kind.readOnlyKeys.has(name)) {
      unknownKeys.push(key);
      spec[key] = value;
    }
  }
  if (!fillIn) return { id, spec, unknownKeys };
  const defaults = Object.fromEntries(
    kind.fields.map((field) => [field.name, normalValue(field, undefined)]),
  );
  return { id, spec: { ...defaults, ...spec }, unknownKeys };
}

function normalValue({ fallback, normal }: Field, value: unknown): unknown {
  const present = value ?? fallback;
  return normal === undefined ? present : normal(present);
}

/** An object with its keys in lower case, as the API matches them. */
export function foldedItem(value: unknown): Item | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key.toLowerCase(), entry]));
}
