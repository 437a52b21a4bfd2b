import { DomainError } from '../../../shared/domain/domain-error.js';
import { type ContainerRecord, NEW_CONTAINER } from '../domain/container-record.js';
import { type PodContainer, podContainers } from '../domain/pod-containers.js';
import { decideRestart } from '../domain/restart-decision.js';
import type { LogFolders } from '../logs/log-folders.js';
import type { LogSource } from '../logs/log-reader.js';
import type { PodWorker } from './pod-worker.js';

export interface WantedLog {
  readonly pod: string;
  readonly container: string;
  /** The run that ended before the present one. */
  readonly previous: boolean;
}

/**
 * The log of a container's present run, or of its last one while it waits for the next. Throws `not_found` without
 * such a pod or container and `malformed` when it has had no such run, in the words of the Kubernetes kubelet.
 */
export function containerLog(
  worker: PodWorker | undefined,
  { pod, container, previous }: WantedLog,
  folders: LogFolders,
): LogSource {
  if (worker === undefined) throw new DomainError('not_found', `pod "${pod}" does not exist`);
  const part = podContainers(worker.pod.spec).find((candidate) => candidate.container.name === container);
  if (part === undefined)
    throw new DomainError('not_found', `container ${container} not found in pod ${pod}`);
  const live = previous ? undefined : worker.runningContainer(container)?.log;
  if (live !== undefined) return live;
  const run = endedRun(part, worker.records.get(container) ?? NEW_CONTAINER, previous);
  if (run !== undefined) return folders.file(worker.pod.metadata.uid, container, run);
  const fault = previous
    ? `previous terminated container "${container}" in pod "${pod}" not found`
    : `container "${container}" in pod "${pod}" is waiting to start`;
  throw new DomainError('malformed', fault);
}

/**
 * The number of the last run that has ended; undefined when none has. A run that no other will follow is the
 * present one still, and not previous to any.
 */
function endedRun(part: PodContainer, record: ContainerRecord, wantsPrevious: boolean): number | undefined {
  const { phase, restartCount, previous } = record;
  const isLast = decideRestart(record, part.policy, 0).kind === 'done';
  if (phase.kind === 'terminated' && !(wantsPrevious && isLast)) return restartCount;
  return previous === undefined ? undefined : restartCount - 1;
}
