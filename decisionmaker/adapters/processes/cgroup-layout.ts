import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { cgroupMountsIn, cgroupPathOf } from './cgroup-mounts.js';

/** What stands at the configured cgroup root. */
export interface CgroupLayout {
  readonly kind:
    | 'v2'
    /** v2 beside v1: pods may be in either. */
    | 'hybrid'
    | 'v1'
    /** A plain folder with the shape of a tree. */
    | 'plain'
    | 'missing';
  /** Where a walk begins; undefined where there is nothing to walk. */
  readonly treeRoot: string | undefined;
  /** The cgroup below which processes are this node's; empty = all, or not to be known. */
  readonly prefix: string;
}

/** Looks at the cgroup root: a v2 mount or a subtree of one, the mount point of a v1 or hybrid host, a plain folder. */
export function detectCgroupLayout(configuredRoot: string): CgroupLayout {
  const root = path.resolve(configuredRoot);
  const unified = path.join(root, 'unified');
  if (isUnifiedCgroup(root)) return { kind: 'v2', treeRoot: root, prefix: prefixOf(root) };
  if (isUnifiedCgroup(unified)) return { kind: 'hybrid', treeRoot: unified, prefix: prefixOf(unified) };
  if (V1_HIERARCHIES.some((name) => existsSync(path.join(root, name, 'tasks')))) {
    return { kind: 'v1', treeRoot: undefined, prefix: '' };
  }
  if (existsSync(root)) return { kind: 'plain', treeRoot: root, prefix: '' };
  return { kind: 'missing', treeRoot: undefined, prefix: prefixOf(root) };
}

/** Enough to know a v1 host by: one of them carries pods on every one. */
const V1_HIERARCHIES = ['systemd', 'pids', 'memory', 'cpu'];

function isUnifiedCgroup(folder: string): boolean {
  return existsSync(path.join(folder, 'cgroup.controllers'));
}

/** The mounts that count are this process's own: they decide what it sees at the configured path. */
function prefixOf(folder: string): string {
  try {
    return cgroupPathOf(folder, cgroupMountsIn(readFileSync('/proc/self/mountinfo', 'utf8'))) ?? '';
  } catch {
    return '';
  }
}
