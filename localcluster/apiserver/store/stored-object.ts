import type { KubernetesObject } from '../objects/kubernetes-object.js';

/** One version of an object. It never changes, so that readers, watchers and history can share it. */
export class StoredObject {
  readonly key: string;
  readonly revision: number;
  readonly object: KubernetesObject;
  #json: string | undefined;

  constructor(key: string, object: KubernetesObject, revision: number) {
    this.key = key;
    this.revision = revision;
    this.object = withResourceVersion(object, String(revision));
  }

  /** The object's JSON without kind and apiVersion. Written once, then used by every list and watch. */
  get json(): string {
    this.#json ??= JSON.stringify(this.object);
    return this.#json;
  }
}

function withResourceVersion(object: KubernetesObject, resourceVersion: string): KubernetesObject {
  return { ...object, metadata: { ...object.metadata, resourceVersion } };
}
