import type { JsonObject } from '../objects/json.js';
import { STRUCT_TYPES } from '../schema/struct-types.js';
import { decodeMessage } from './decode-message.js';
import { bytesOf, readFields, WireFormatError } from './wire-format.js';

/** What every protobuf body of the Kubernetes API begins with. */
const MAGIC = Buffer.from('k8s\0');

/**
 * Reads a request body of type application/vnd.kubernetes.protobuf: the magic number, then a message that names
 * kind and version and holds the object's own message. Throws `WireFormatError` for anything else.
 */
export function decodeEnvelope(body: Buffer): JsonObject {
  if (!body.subarray(0, MAGIC.length).equals(MAGIC)) {
    throw new WireFormatError('the body does not begin with the magic number of the Kubernetes API');
  }
  const fields = new Map([...readFields(body.subarray(MAGIC.length))].map((wire) => [wire.number, wire]));
  const [meta, raw] = [bytesOf(fields.get(1)), bytesOf(fields.get(2))];
  const [apiVersion, kind] = typeMeta(meta);
  if (!STRUCT_TYPES.has(kind)) throw new WireFormatError(`no kind ${JSON.stringify(kind)} is known here`);
  return { apiVersion, kind, ...decodeMessage(kind, raw) };
}

function typeMeta(message: Buffer): readonly [apiVersion: string, kind: string] {
  const fields = new Map([...readFields(message)].map((wire) => [wire.number, wire]));
  return [bytesOf(fields.get(1)).toString(), bytesOf(fields.get(2)).toString()];
}
