import { ensureNamespace, ignoringConflict } from '../client/ensure-namespace.js';
import type { KubeClient } from '../client/kube-client.js';
import { SAMPLE_NAMESPACE, SAMPLE_PODS, samplePodObject } from './sample-pods.js';

/** Makes the sample workloads, each unless it is there. */
export async function startSamples(client: KubeClient, signal: AbortSignal): Promise<void> {
  await ensureNamespace(client, SAMPLE_NAMESPACE, signal);
  const path = `/api/v1/namespaces/${SAMPLE_NAMESPACE}/pods`;
  for (const pod of SAMPLE_PODS) {
    await ignoringConflict(() => client.create(path, samplePodObject(pod), signal));
  }
}
