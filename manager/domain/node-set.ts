import type { Intent } from '../../shared/domain/intent.js';
import { intentSetDigest } from '../../shared/domain/intent-digest.js';

/** What one node should hold: the whole set, weakest first, with its digest. */
export interface NodeSet {
  readonly nodeName: string;
  readonly intents: readonly Intent[];
  readonly digest: string;
}

export function nodeSet(nodeName: string, intents: readonly Intent[]): NodeSet {
  return { nodeName, intents, digest: intentSetDigest(nodeName, intents) };
}
