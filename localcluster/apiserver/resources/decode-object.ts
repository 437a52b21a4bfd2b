import { badRequest } from '../errors/refusals.js';
import { apiVersionOf, type Kind } from '../kinds/kind.js';
import type { JsonObject } from '../objects/json.js';
import type { KubernetesObject } from '../objects/kubernetes-object.js';
import { decode } from '../schema/decode.js';
import { DecodeError } from '../schema/decode-error.js';

/** What happens to fields that the type does not have, and to fields that are given twice. */
export type FieldValidation = 'Strict' | 'Warn' | 'Ignore';

export interface DecodedObject {
  readonly object: KubernetesObject;
  /** Sentences for the client about what was dropped. */
  readonly warnings: readonly string[];
}

/**
 * Reads a document as an object of the kind, with the kind's defaults filled in. Throws `DecodeError` for wrong
 * types and, when strict, for unknown and repeated fields.
 */
export function decodeObject(
  kind: Kind,
  document: JsonObject,
  validation: FieldValidation,
  duplicateFields: readonly string[] = [],
): DecodedObject {
  const { value, unknownFields } = decode(kind.kind, document);
  const faults = [
    ...duplicateFields.map((field) => `duplicate field "${field}"`),
    ...unknownFields.map((field) => `unknown field "${field}"`),
  ];
  if (validation === 'Strict' && faults.length > 0) {
    throw new DecodeError(`strict decoding error: ${faults.join(', ')}`);
  }
  const object = kind.defaults(withoutServerFields(value));
  return { object, warnings: validation === 'Warn' ? faults : [] };
}

/** Field ownership is not kept track of, so what clients send back of it from elsewhere is dropped. */
function withoutServerFields(value: JsonObject): KubernetesObject {
  const { managedFields: _managedFields, selfLink: _selfLink, ...metadata } = value.metadata as JsonObject;
  return { ...value, metadata } as unknown as KubernetesObject;
}

/** The same for a request body: a document of another kind or version is refused, and so are decoding faults. */
export function decodeBody(
  kind: Kind,
  document: JsonObject,
  validation: FieldValidation,
  duplicateFields: readonly string[] = [],
): DecodedObject {
  const { kind: named = kind.kind, apiVersion = apiVersionOf(kind) } = document;
  const refusal = (reason: string) => {
    const version = String(apiVersion).split('/').at(-1);
    return badRequest(`${named} in version "${version}" cannot be handled as a ${kind.kind}: ${reason}`);
  };
  if (named !== kind.kind || apiVersion !== apiVersionOf(kind)) {
    throw refusal(`expected kind ${kind.kind} of ${apiVersionOf(kind)}`);
  }
  try {
    return decodeObject(kind, document, validation, duplicateFields);
  } catch (error) {
    throw error instanceof DecodeError ? refusal(error.message) : error;
  }
}
