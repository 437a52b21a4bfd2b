import { readFile } from 'node:fs/promises';
import { parseAllDocuments } from 'yaml';
import type { ApiClient } from './api-client.js';

interface KubernetesObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
}

interface ApiResource {
  readonly name: string;
  readonly kind: string;
  readonly namespaced: boolean;
}

/**
 * Server-side apply of every object of a manifest, in the file's order. Fails with the server's words at the
 * first one that it refuses.
 */
export async function applyManifest(client: ApiClient, file: string): Promise<void> {
  for (const document of parseAllDocuments(await readFile(file, 'utf8'))) {
    const object = document.toJS() as KubernetesObject | null;
    if (object === null) continue;
    await client.expect({
      method: 'PATCH',
      path: `${await objectPath(client, object)}?fieldManager=podium-tests&force=true`,
      contentType: 'application/apply-patch+yaml',
      body: object,
    });
  }
}

/** Where an object lives, from the server's own list of its resources. */
async function objectPath(
  client: ApiClient,
  { apiVersion, kind, metadata }: KubernetesObject,
): Promise<string> {
  const root = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  const { resources } = (await client.expect({ path: root })) as { resources: readonly ApiResource[] };
  const resource = resources.find((candidate) => candidate.kind === kind && !candidate.name.includes('/'));
  if (resource === undefined) throw new Error(`${apiVersion} of this server has no kind ${kind}`);
  const namespace = resource.namespaced ? `/namespaces/${metadata.namespace ?? 'default'}` : '';
  return `${root}${namespace}/${resource.name}/${metadata.name}`;
}
