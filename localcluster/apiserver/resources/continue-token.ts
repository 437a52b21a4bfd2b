import { badRequest } from '../errors/refusals.js';
import { isJsonObject, type JsonValue } from '../objects/json.js';

/** Where the next page of a list begins. Opaque to clients. */
export interface ContinueToken {
  /** The revision that all pages show; -1 for one that shows the present, when that revision is gone. */
  readonly revision: number;
  /** The last key of the page before. */
  readonly after: string;
}

const VERSION = 'meta.k8s.io/v1';

export function encodeContinueToken({ revision, after }: ContinueToken): string {
  return Buffer.from(JSON.stringify({ v: VERSION, rv: revision, start: after })).toString('base64url');
}

/** Throws a 400 refusal for what this server never gave out. */
export function decodeContinueToken(text: string): ContinueToken {
  const token = parse(Buffer.from(text, 'base64url').toString());
  if (isJsonObject(token) && token.v === VERSION) {
    const { rv: revision, start: after } = token;
    if (typeof revision === 'number' && typeof after === 'string') return { revision, after };
  }
  throw badRequest('invalid continue token: continue key is not valid');
}

function parse(text: string): JsonValue | undefined {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
