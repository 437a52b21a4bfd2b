/** The leaves of the Kubernetes API's types, by their names in its own sources. */
export const SCALARS = [
  'string',
  'bool',
  'int32',
  'int64',
  'Time',
  'MicroTime',
  'Quantity',
  'IntOrString',
  'FieldsV1',
] as const;
export type Scalar = (typeof SCALARS)[number];

export type FieldType =
  | { readonly shape: 'scalar'; readonly scalar: Scalar }
  | { readonly shape: 'struct'; readonly name: string }
  | { readonly shape: 'list'; readonly element: FieldType; readonly merge?: ListMerge }
  | { readonly shape: 'map'; readonly value: FieldType };

/** How a strategic merge patch treats a list that it does not replace whole. */
export interface ListMerge {
  /** The field that tells two elements apart; undefined for lists of scalars, which are merged as sets. */
  readonly key: string | undefined;
  /** Whether an element may drop the keys that the patch does not list (the union types). */
  readonly retainKeys: boolean;
}

export interface Field {
  readonly name: string;
  readonly type: FieldType;
  /** The field's number in the protobuf encoding. */
  readonly number: number;
  /** Zero and empty values are told apart from absent ones, and kept. */
  readonly pointer: boolean;
  /** Written even when it is zero or empty. */
  readonly always: boolean;
  /** Listed as required in the published API description. */
  readonly required: boolean;
  /** In JSON the struct's own fields stand in place of this one. */
  readonly inline: boolean;
}

export interface StructType {
  readonly name: string;
  /** Name in the published API description, such as `io.k8s.api.core.v1.Pod`. */
  readonly definition: string;
  /** As the protobuf encoding has them: embedded structs are one field. */
  readonly wireFields: readonly Field[];
  /** As JSON has them: embedded structs are spread out. */
  readonly fields: ReadonlyMap<string, Field>;
}
