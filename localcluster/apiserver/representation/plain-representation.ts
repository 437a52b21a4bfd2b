import { apiVersionOf, type Kind } from '../kinds/kind.js';
import { listMetadata, type Representation } from './representation.js';

/** Objects as they are. */
export const PLAIN_REPRESENTATION: Representation = {
  object: (kind, object) => withTypeMeta(kind, JSON.stringify(object)),
  list: (kind, list) => {
    const head = JSON.stringify({
      kind: `${kind.kind}List`,
      apiVersion: apiVersionOf(kind),
      metadata: listMetadata(list),
    });
    return `${head.slice(0, -1)},"items":[${list.items.map((item) => item.json).join(',')}]}`;
  },
  watched: (kind, _object, json) => withTypeMeta(kind, json),
};

/** Puts kind and apiVersion in front of an object's JSON. */
export function withTypeMeta(kind: Kind, json: string): string {
  return `{"kind":"${kind.kind}","apiVersion":"${apiVersionOf(kind)}",${json.slice(1)}`;
}
