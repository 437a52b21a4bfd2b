import { sha256Hex } from '../../shared/domain/merkle.js';
import { canonicalJson } from './audit-chain.js';

/** Visible ASCII, with or without the quotes that the header's draft standard has around it. */
const KEY = /^"?([\x21\x23-\x7e]{1,255})"?$/;

/** How long the answer to a request is kept for the same request to come again. */
export const ANSWER_KEPT_MS = 24 * 60 * 60_000;

/** A request that may come again. */
export interface KeyedRequest {
  readonly userId: string;
  /** Such as `POST /api/v1/strategies`. */
  readonly route: string;
  /** As sent. */
  readonly key: string;
  /** As decoded: another order or case of keys is the same body. */
  readonly body: unknown;
}

/** The key without its quotes; undefined for what is none. */
export function idempotencyKeyOf(header: string): string | undefined {
  return KEY.exec(header.trim())?.[1];
}

/** Under which name a request is known: keys of different users or routes have nothing to do with each other. */
export function requestIdOf({ userId, route, key }: KeyedRequest): string {
  return sha256Hex(canonicalJson([userId, route, key]));
}

export function bodyHashOf({ body }: KeyedRequest): string {
  return sha256Hex(canonicalJson(body));
}
