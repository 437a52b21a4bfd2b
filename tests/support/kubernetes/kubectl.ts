import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';

/** Runs kubectl and gives its standard output; rejects with what it said when it fails. */
export type Kubectl = (...args: readonly string[]) => Promise<string>;

/** kubectl as the user of a kubeconfig. What it keeps for itself goes beside that file. */
export function kubectlWith(binary: string, kubeconfig: string): Kubectl {
  const env = { PATH: process.env.PATH, HOME: path.dirname(kubeconfig), KUBECONFIG: kubeconfig };
  return async (...args) => (await promisify(execFile)(binary, args, { env, timeout: 60_000 })).stdout;
}
