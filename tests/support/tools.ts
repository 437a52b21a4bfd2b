import { execFile } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

/** Absolute paths of the real programs that the tests in project `kubernetes` run. */
export interface KubernetesTools {
  readonly apiServer: string;
  readonly etcd: string;
  /** Of the same release as the API server. */
  readonly kubectl: string;
  /** etcd 3.4, which old clusters still stand on. */
  readonly debianEtcd?: string;
  /** kubectl 1.20. */
  readonly debianKubectl?: string;
}

export interface MissingTools {
  /** One line: what this machine lacks. */
  readonly missing: string;
}

const scripts = fileURLToPath(new URL('../../tools', import.meta.url));

/** The scripts' exit code for "this machine cannot have it"; any other failure is one to look at. */
const CANNOT = 3;

/**
 * Finds the tools in the cache, and brings them there first where this machine can; that takes minutes, once.
 * The environment's PODIUM_TEST_BUILD_SERVERS rules: `0` brings nothing that is not there yet, `1` makes what
 * is missing an error instead of a reason to skip. Rejects when bringing a tool fails although the machine could.
 */
export async function findKubernetesTools(): Promise<KubernetesTools | MissingTools> {
  const servers = await toolLine('build-kubernetes-servers.sh');
  if (typeof servers !== 'string') return servers;
  const debianEtcd = await toolLine('fetch-debian-tool.sh', 'etcd');
  const debianKubectl = await toolLine('fetch-debian-tool.sh', 'kubectl');
  return {
    apiServer: path.join(servers, 'kube-apiserver'),
    etcd: path.join(servers, 'etcd'),
    kubectl: path.join(servers, 'kubectl'),
    ...(typeof debianEtcd === 'string' && { debianEtcd: path.join(debianEtcd, 'etcd') }),
    ...(typeof debianKubectl === 'string' && { debianKubectl: path.join(debianKubectl, 'kubectl') }),
  };
}

/** Absolute path of Prometheus' own promtool. */
export async function findPromtool(): Promise<string | MissingTools> {
  const folder = await toolLine('fetch-debian-tool.sh', 'promtool');
  return typeof folder === 'string' ? path.join(folder, 'promtool') : folder;
}

/** How this machine comes to a MongoDB server for tests; see tools/test-mongodb.sh. */
export type MongoDbTool =
  | { readonly kind: 'uri'; readonly uri: string }
  | { readonly kind: 'mongod' | 'ferretdb'; readonly binary: string };

/** As findKubernetesTools does, and by the same environment. */
export async function findMongoDb(): Promise<MongoDbTool | MissingTools> {
  const found = await toolLine('test-mongodb.sh');
  if (typeof found !== 'string') return found;
  const [kind, value = ''] = found.split(' ');
  if (kind === 'uri') return { kind, uri: value };
  if (kind === 'mongod' || kind === 'ferretdb') return { kind, binary: value };
  throw new Error(`test-mongodb.sh said ${found}`);
}

/** Runs a script of tools/ and gives what it prints as its last line. What it says meanwhile is passed on. */
async function toolLine(script: string, ...args: string[]): Promise<string | MissingTools> {
  const running = promisify(execFile)(path.join(scripts, script), args);
  running.child.stderr?.pipe(process.stderr, { end: false });
  try {
    return lastLine((await running).stdout);
  } catch (error) {
    const { code, stderr } = error as { code?: number | string; stderr?: string };
    const reason = lastLine(stderr ?? String(error));
    if (code === CANNOT && process.env.PODIUM_TEST_BUILD_SERVERS !== '1') return { missing: reason };
    throw new Error(
      `${script} ended with ${code}: ${reason}; PODIUM_TEST_BUILD_SERVERS=0 leaves out the tests that need it`,
    );
  }
}

function lastLine(text: string): string {
  return text.trimEnd().split('\n').at(-1) ?? '';
}
