import type { PodProcesses } from '../../../shared/contract/decision-maker-api.js';
import type { KnownIntentSet } from '../../domain/intent-set.js';
import type { PodProcess, ProcessSnapshot } from '../../domain/pod-process.js';

/** The pods of a snapshot in the public form (contract 2.6), in the order of their uids. */
export function podProcessesView(
  snapshot: ProcessSnapshot,
  set: KnownIntentSet | undefined,
): PodProcesses['pods'] {
  return [...snapshot.byPod]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([podUid, processes]) => ({
      pod_uid: podUid,
      ...podNames(podUid, set),
      processes: processes.map(processView),
    }));
}

function podNames(
  podUid: string,
  set: KnownIntentSet | undefined,
): { pod_name?: string; pod_namespace?: string } {
  const intent = set?.byPod.get(podUid)?.[0];
  if (intent === undefined || intent.podName === '') return {};
  return { pod_name: intent.podName, pod_namespace: intent.k8sNamespace };
}

function processView(process: PodProcess): PodProcesses['pods'][number]['processes'][number] {
  return {
    pid: process.pid,
    command: process.comm,
    ...(process.parentPid > 0 ? { ppid: process.parentPid } : {}),
    ...(process.containerId === undefined ? {} : { container_id: process.containerId }),
  };
}
