import type { KubernetesObject } from '../../objects/kubernetes-object.js';

/** A namespace, as far as the API server reads it. */
export interface Namespace extends KubernetesObject {
  /** `finalizers` is not empty as long as the namespace may have contents. */
  readonly spec: { readonly finalizers?: readonly string[] };
  readonly status: { readonly phase?: 'Active' | 'Terminating' };
}
