import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parseAllDocuments } from 'yaml';
import { packageRoot } from '../../shared/files/package-root.js';

export const DECISION_MAKER_MANIFEST = path.join(packageRoot(), 'deployment/kubernetes/decisionmaker.yaml');

export interface Manifest {
  readonly kind: string;
  // biome-ignore lint/suspicious/noExplicitAny: an object of Kubernetes, of whatever kind.
  readonly [key: string]: any;
}

/** The objects of a manifest, in the file's order. */
export function manifestObjects(file: string): readonly Manifest[] {
  return parseAllDocuments(readFileSync(file, 'utf8')).map((document) => document.toJS() as Manifest);
}

/** What the decision maker's manifest lets its process do. */
export interface AgentRights {
  readonly uid: number;
  readonly gid: number;
  /** Added after all were dropped, as Kubernetes names them: without `CAP_`. */
  readonly capabilities: readonly string[];
}

/** The template of the decision maker's pods. */
export function decisionMakerPod(): Manifest {
  const daemonSet = manifestObjects(DECISION_MAKER_MANIFEST).find(({ kind }) => kind === 'DaemonSet');
  return { kind: 'Pod', ...daemonSet?.spec.template };
}

export function manifestRights(): AgentRights {
  const { securityContext } = decisionMakerPod().spec.containers[0];
  return {
    uid: securityContext.runAsUser,
    gid: securityContext.runAsGroup,
    capabilities: securityContext.capabilities.add ?? [],
  };
}

/**
 * The command that becomes the one that follows it, with these rights and no others, as a container runtime gives
 * them: bounding set, no_new_privs, no groups, and nothing of the file system to write to but one folder.
 */
export function withRights({ uid, gid, capabilities }: AgentRights, writableFolder: string): string[] {
  const bounding = ['-all', ...capabilities.map((name) => `+${name.toLowerCase()}`)].join(',');
  return [
    'unshare',
    '--mount',
    'sh',
    '-ec',
    READ_ONLY_SCRIPT,
    writableFolder,
    'setpriv',
    `--reuid=${uid}`,
    `--regid=${gid}`,
    '--clear-groups',
    `--bounding-set=${bounding}`,
    '--inh-caps=-all',
    '--ambient-caps=-all',
    '--no-new-privs',
  ];
}

/** Procfs stays as it is, as in a container. */
const READ_ONLY_SCRIPT = `
mount --bind "$0" "$0"
while read -r _ _ _ _ mount _; do
  case $mount in "$0" | /proc | /proc/*) ;; *) mount -o remount,bind,ro "$mount" || : ;; esac
done < /proc/self/mountinfo
exec "$@"
`;
