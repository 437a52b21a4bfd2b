import { readIfPresent } from '../../shared/files/read-if-present.js';

/** Where a node's processes and cgroups are to be found, as its kubelet tells when it is ready. */
export interface NodeRoots {
  readonly backend: 'real' | 'simulated';
  readonly procRoot: string;
  readonly cgroupRoot: string;
  /** Why this backend. */
  readonly reason: string;
}

/** Undefined until the kubelet has written the file. */
export async function readNodeRoots(file: string): Promise<NodeRoots | undefined> {
  const text = await readIfPresent(file);
  return text === undefined ? undefined : (JSON.parse(text) as NodeRoots);
}
