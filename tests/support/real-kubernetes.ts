import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { ApiClient } from './kubernetes/api-client.js';
import { applyManifest } from './kubernetes/apply-manifest.js';
import { freePorts } from './kubernetes/free-ports.js';
import { type KubernetesCredential, kubeconfig } from './kubernetes/kubeconfig.js';
import { apiServerIsReady, type Endpoint, etcdIsHealthy } from './kubernetes/readiness.js';
import { apiServerCommand, etcdCommand } from './kubernetes/server-commands.js';
import { createServerCredentials } from './kubernetes/server-credentials.js';
import { ServerProcess } from './kubernetes/server-process.js';

const READY_WITHIN_MS = 120_000;
const TOKEN_LIFETIME_SEC = 3_600;

export interface RealKubernetesOptions {
  /** Absolute path, for everything that the servers write. Made here unless it is there and empty. */
  readonly folder: string;
  readonly apiServerBinary: string;
  /** When absent, the `etcd` beside the API server. */
  readonly etcdBinary?: string;
  /** Authority of the client certificates that the server accepts: CN is the user, each O a group. */
  readonly clientCaFile?: string;
  /** What the server shows to kubelets when it fetches logs and the like from them. */
  readonly kubeletClientCertificate?: { readonly certFile: string; readonly keyFile: string };
  /** Aborts the start. */
  readonly signal: AbortSignal;
}

export interface RealKubernetes {
  /** `https://127.0.0.1:PORT`. */
  readonly server: string;
  readonly certificateAuthorityFile: string;
  /** Path of a kubeconfig for a member of system:masters. */
  readonly adminKubeconfig: string;
  /** Speaks as that administrator, unless a request carries another token. */
  readonly client: ApiClient;
  /** Writes a kubeconfig, which is there until `stop`, and gives its path. */
  kubeconfigFor(name: string, credential: KubernetesCredential): Promise<string>;
  /** A token of one hour for an existing service account, `NAMESPACE/NAME`, by the TokenRequest API. */
  tokenFor(serviceAccount: string): Promise<string>;
  /** Server-side apply of every object in a file. */
  apply(manifestFile: string): Promise<void>;
  /** Ends both servers, waits until they are gone and removes the folder. */
  stop(): Promise<void>;
}

/**
 * Starts a real API server on a real etcd, on loopback, RBAC on. There is nothing else of a control plane: a
 * deleted namespace stays Terminating, no service account comes by itself, and pods get their node from whoever
 * creates or binds them. Rejects with the end of a server's log when the two do not become ready, or with the
 * signal's reason, and leaves nothing behind then.
 */
export async function startRealKubernetes(options: RealKubernetesOptions): Promise<RealKubernetes> {
  await prepareFolder(options.folder);
  const servers: ServerProcess[] = [];
  const stop = async () => {
    for (const server of servers.toReversed()) await server.stop();
    await rm(options.folder, { recursive: true, force: true });
  };
  try {
    return await connect(options.folder, await startServers(options, servers), stop);
  } catch (error) {
    await stop();
    throw error;
  }
}

/** The folder is removed in the end, so nothing of somebody else's may be in it. */
async function prepareFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  if ((await readdir(folder)).length > 0)
    throw new Error(`${folder} must be an empty folder or not be there`);
}

/** Puts each server into `servers` as soon as it runs. */
async function startServers(options: RealKubernetesOptions, servers: ServerProcess[]): Promise<Endpoint> {
  const { folder, apiServerBinary, clientCaFile, kubeletClientCertificate, signal } = options;
  const etcdBinary = options.etcdBinary ?? path.join(path.dirname(apiServerBinary), 'etcd');
  const [etcdPort, peerPort, port] = (await freePorts(3)) as [number, number, number];
  const credentials = await createServerCredentials(folder);

  const etcd = await ServerProcess.start(
    etcdCommand(etcdBinary, folder, { client: etcdPort, peer: peerPort }),
  );
  servers.push(etcd);
  // The API server looks only while it starts at what its store can do, so the store has to be there.
  await etcd.whenReady(() => etcdIsHealthy(etcdPort), READY_WITHIN_MS, signal);

  const settings = { binary: apiServerBinary, folder, port, etcdPort, credentials };
  const apiServer = await ServerProcess.start(
    apiServerCommand({ ...settings, clientCaFile, kubeletClientCertificate }),
  );
  servers.push(apiServer);
  const endpoint: Endpoint = {
    server: `https://127.0.0.1:${port}`,
    certificateAuthorityFile: path.join(folder, 'certs', 'apiserver.crt'),
    adminToken: credentials.adminToken,
  };
  await apiServer.whenReady(() => apiServerIsReady(endpoint), READY_WITHIN_MS, signal);
  return endpoint;
}

async function connect(
  folder: string,
  endpoint: Endpoint,
  stopServers: () => Promise<void>,
): Promise<RealKubernetes> {
  const { server, certificateAuthorityFile, adminToken } = endpoint;
  const client = new ApiClient(server, await readFile(certificateAuthorityFile, 'utf8'), adminToken);
  const kubeconfigFor = async (name: string, credential: KubernetesCredential) => {
    const file = path.join(folder, `${name}.kubeconfig`);
    await writeFile(file, kubeconfig(server, certificateAuthorityFile, credential), { mode: 0o600 });
    return file;
  };
  return {
    server,
    certificateAuthorityFile,
    adminKubeconfig: await kubeconfigFor('admin', { token: adminToken }),
    client,
    kubeconfigFor,
    tokenFor: (serviceAccount) => requestToken(client, serviceAccount),
    apply: (manifestFile) => applyManifest(client, manifestFile),
    stop: async () => {
      await client.close();
      await stopServers();
    },
  };
}

async function requestToken(client: ApiClient, serviceAccount: string): Promise<string> {
  const [namespace, name] = serviceAccount.split('/');
  const { status } = await client.expect({
    method: 'POST',
    path: `/api/v1/namespaces/${namespace}/serviceaccounts/${name}/token`,
    body: {
      apiVersion: 'authentication.k8s.io/v1',
      kind: 'TokenRequest',
      spec: { expirationSeconds: TOKEN_LIFETIME_SEC },
    },
  });
  return status.token;
}
