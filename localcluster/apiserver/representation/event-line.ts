import type { Kind } from '../kinds/kind.js';
import type { KubernetesObject } from '../objects/kubernetes-object.js';
import { decode } from '../schema/decode.js';
import type { WatchEvent } from '../watch/watch-event.js';
import type { Representation } from './representation.js';

const INITIAL_EVENTS_END = { 'k8s.io/initial-events-end': 'true' };

/** Writes the lines of one watch. */
export function eventLines(kind: Kind, representation: Representation): (event: WatchEvent) => string {
  let first = true;
  const watched = (object: KubernetesObject, json: string) => {
    const text = representation.watched(kind, object, json, first);
    first = false;
    return text;
  };
  return (event) => {
    switch (event.type) {
      case 'ERROR':
        return line(event.type, JSON.stringify(event.status));
      case 'BOOKMARK': {
        const object = bookmark(kind, event.revision, event.initialEnd);
        return line(event.type, watched(object, JSON.stringify(object)));
      }
      default:
        return line(event.type, watched(event.object.object, event.object.json));
    }
  };
}

function line(type: string, object: string): string {
  return `{"type":"${type}","object":${object}}\n`;
}

/** An object of the kind that has nothing but a resource version. */
function bookmark(kind: Kind, revision: number, initialEnd: boolean): KubernetesObject {
  const metadata = {
    resourceVersion: String(revision),
    ...(initialEnd ? { annotations: INITIAL_EVENTS_END } : {}),
  };
  return decode(kind.kind, { metadata }).value as unknown as KubernetesObject;
}
