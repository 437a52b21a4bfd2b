/** The part of metadata that every Kubernetes object has and that we use. */
export interface ObjectMeta {
  readonly name: string;
  readonly namespace?: string;
  readonly uid: string;
  readonly resourceVersion: string;
  readonly creationTimestamp?: string;
  readonly deletionTimestamp?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly ownerReferences?: readonly {
    readonly kind: string;
    readonly name: string;
    readonly uid: string;
  }[];
}

export interface KubeObject {
  readonly metadata: ObjectMeta;
}

export interface KubeList<Raw extends KubeObject> {
  readonly metadata: { readonly resourceVersion?: string; readonly continue?: string };
  /** Null in the answers of some servers where there is nothing. */
  readonly items: readonly Raw[] | null;
}

/** What a server answers instead of an object when it refuses (Kubernetes API conventions, "Status"). */
export interface KubeStatus {
  readonly kind?: string;
  readonly code?: number;
  readonly reason?: string;
  readonly message?: string;
}

export type WatchEvent<Raw extends KubeObject> =
  | { readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK'; readonly object: Raw }
  | { readonly type: 'ERROR'; readonly object: KubeStatus };

/** `namespace/name`, or the name alone of cluster-scoped objects. */
export function objectKey({ namespace, name }: ObjectMeta): string {
  return namespace === undefined ? name : `${namespace}/${name}`;
}
