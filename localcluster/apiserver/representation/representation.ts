import type { Kind } from '../kinds/kind.js';
import type { KubernetesObject } from '../objects/kubernetes-object.js';
import type { ObjectList } from '../resources/list-objects.js';

/** A form in which objects are answered. Every method gives a JSON text. */
export interface Representation {
  object(kind: Kind, object: KubernetesObject): string;
  list(kind: Kind, list: ObjectList): string;
  /**
   * The object of a watch event, from its JSON without kind and apiVersion. `first` is true for the first event
   * of a stream.
   */
  watched(kind: Kind, object: KubernetesObject, json: string, first: boolean): string;
}

/** A list's own metadata. */
export function listMetadata({ revision, continueToken, remaining }: ObjectList) {
  return {
    resourceVersion: String(revision),
    ...(continueToken === undefined ? {} : { continue: continueToken }),
    ...(remaining === undefined ? {} : { remainingItemCount: remaining }),
  };
}
