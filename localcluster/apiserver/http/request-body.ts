import type { IncomingMessage } from 'node:http';
import { messageOf } from '../../../shared/domain/domain-error.js';
import { badRequest, bodyTooLarge, unsupportedBody } from '../errors/refusals.js';
import { isJsonObject, type JsonObject, type JsonValue } from '../objects/json.js';
import { decodeEnvelope } from '../protobuf/decode-envelope.js';
import { WireFormatError } from '../protobuf/wire-format.js';
import { parseMediaType } from '../representation/media-type.js';
import { duplicateFields } from '../schema/duplicate-fields.js';

/** The real API server's limit for a body. */
export const MAX_BODY_BYTES = 3 * 1024 * 1024;

/** Reads a body. Throws a 413 refusal for one that is too large; the rest of it is not read. */
export async function readBody(request: IncomingMessage): Promise<Buffer> {
  if (Number(request.headers['content-length'] ?? 0) > MAX_BODY_BYTES) throw bodyTooLarge(MAX_BODY_BYTES);
  const chunks: Buffer[] = [];
  let bytes = 0;
  // The iterator must not end the connection: the refusal still has to go out on it.
  for await (const chunk of request.iterator({ destroyOnReturn: false })) {
    bytes += chunk.length;
    if (bytes > MAX_BODY_BYTES) throw bodyTooLarge(MAX_BODY_BYTES);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

export interface Document {
  readonly document: JsonObject;
  /** Fields that stand in it more than once. */
  readonly duplicateFields: readonly string[];
}

/** Reads a body as a document of the kind; which fields it may have is decided later. Throws 400 and 415 refusals. */
export async function parseDocument(body: Buffer, contentType: string, kindName: string): Promise<Document> {
  const unrecognized = (reason: string) =>
    badRequest(
      `the object provided is unrecognized (must be of type ${kindName}): couldn't get version/kind; ${reason}`,
    );
  switch (parseMediaType(contentType).type) {
    case '':
    case 'application/json':
      return parseJsonDocument(body, unrecognized);
    case 'application/yaml':
      return { document: asObject(await parseYaml(body, unrecognized), unrecognized), duplicateFields: [] };
    case 'application/vnd.kubernetes.protobuf':
      return { document: parseProtobuf(body, unrecognized), duplicateFields: [] };
    default:
      throw unsupportedBody();
  }
}

type Refusal = (reason: string) => Error;

function parseJsonDocument(body: Buffer, refusal: Refusal): Document {
  const text = body.toString();
  const document = asObject(
    parseJson(text, (reason) => refusal(`json parse error: ${reason}`)),
    refusal,
  );
  return { document, duplicateFields: duplicateFields(text) };
}

/** Parses JSON, or throws what `refusal` makes of the reason. */
export function parseJson(text: string, refusal: Refusal): JsonValue {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw refusal(text.trim() === '' ? 'unexpected end of JSON input (<empty>)' : messageOf(error));
  }
}

/** YAML is rare here, so its parser is loaded only when it is needed. */
async function parseYaml(body: Buffer, refusal: Refusal): Promise<JsonValue> {
  const { parse } = await import('yaml');
  try {
    return parse(body.toString(), { maxAliasCount: 100 });
  } catch (error) {
    throw refusal(`yaml parse error: ${messageOf(error)}`);
  }
}

function parseProtobuf(body: Buffer, refusal: Refusal): JsonObject {
  try {
    return decodeEnvelope(body);
  } catch (error) {
    throw error instanceof WireFormatError ? refusal(error.message) : error;
  }
}

function asObject(value: JsonValue, refusal: Refusal): JsonObject {
  if (isJsonObject(value)) return value;
  throw refusal('the body is not an object');
}
