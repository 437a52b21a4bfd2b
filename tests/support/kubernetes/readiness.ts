import { request } from 'undici';
import { readIfPresent } from '../../../shared/files/read-if-present.js';
import { ApiClient } from './api-client.js';

const PROBE_LIMIT_MS = 2_000;

export interface Endpoint {
  readonly server: string;
  readonly certificateAuthorityFile: string;
  readonly adminToken: string;
}

export async function etcdIsHealthy(port: number): Promise<boolean> {
  try {
    const url = `http://127.0.0.1:${port}/health`;
    const { statusCode, body } = await request(url, { signal: AbortSignal.timeout(PROBE_LIMIT_MS) });
    await body.dump();
    return statusCode === 200;
  } catch {
    return false;
  }
}

/**
 * Whether the server calls itself ready and has made the namespace `default`, which it does by the way and may
 * do later than that. Its certificate is a file that it makes while it starts.
 */
export async function apiServerIsReady(endpoint: Endpoint): Promise<boolean> {
  const certificateAuthority = await readIfPresent(endpoint.certificateAuthorityFile);
  if (certificateAuthority === undefined) return false;
  const client = new ApiClient(endpoint.server, certificateAuthority, endpoint.adminToken);
  const probe = async (path: string) =>
    (await client.send({ path, signal: AbortSignal.timeout(PROBE_LIMIT_MS) })).status === 200;
  try {
    return (await probe('/readyz')) && (await probe('/api/v1/namespaces/default'));
  } catch {
    return false;
  } finally {
    await client.close();
  }
}
