import { KubeError } from '../../shared/kubernetes/kube-error.js';
import type { KubeClient } from './kube-client.js';

/** Makes a namespace unless it is there. */
export async function ensureNamespace(client: KubeClient, name: string, signal: AbortSignal): Promise<void> {
  const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name } };
  await ignoringConflict(() => client.create('/api/v1/namespaces', namespace, signal));
}

/** What is there already is as good as what would have been made. */
export async function ignoringConflict(create: () => Promise<unknown>): Promise<void> {
  try {
    await create();
  } catch (error) {
    if (!(error instanceof KubeError) || error.status !== 409) throw error;
  }
}
