import type { PodProcess } from './pod-process.js';

/** By comm, which holds 15 bytes at most: the node's own machinery and what holds a pod together. */
const PROTECTED_COMMS: ReadonlySet<string> = new Set([
  'kubelet',
  'containerd',
  'dockerd',
  'cri-dockerd',
  'crio',
  'conmon',
  'conmonrs',
  'runc',
  'crun',
  'youki',
  'pause',
]);

/** `containerd-shim-runc-v2` and its kin, cut to 15 bytes. */
const SHIM = 'containerd-shim';

/**
 * Whether no strategy may ever touch a process (DESIGN 3): the init process, kernel threads, the kubelet,
 * container runtimes with their helpers, pause, and the agent itself.
 */
export function isProtected(process: PodProcess, ownPid: number): boolean {
  return (
    process.pid === 1 ||
    process.pid === ownPid ||
    process.isKernelThread ||
    PROTECTED_COMMS.has(process.comm) ||
    process.comm.startsWith(SHIM)
  );
}
