import { type ContainerStatus, isSidecar, type Pod, type Termination } from './pod.js';

/** What tables say about a pod in one line. */
export interface PodSummary {
  /** Phase, or the reason why it is not what the phase says. */
  readonly status: string;
  readonly readyContainers: number;
  readonly totalContainers: number;
  readonly restarts: number;
  /** When a container ended that was then restarted, in RFC 3339; undefined when none was. */
  readonly lastRestart: string | undefined;
}

interface Tally {
  readonly reason: string | undefined;
  readonly ready: number;
  readonly restarts: number;
  readonly lastRestart: string | undefined;
}

/** The rules by which kubectl's STATUS, READY and RESTARTS columns have always been filled. */
export function summarisePod(pod: Pod): PodSummary {
  const { spec } = pod;
  const sidecars = new Set(spec.initContainers?.filter(isSidecar).map(({ name }) => name));
  const init = tallyInitContainers(pod, sidecars);
  const initializing = init.reason !== undefined && !hasCondition(pod, 'Initialized');
  const counted = initializing ? init : tallyContainers(pod, init, sidecars);
  return {
    status: deletionStatus(pod) ?? counted.reason ?? baseReason(pod),
    readyContainers: counted.ready,
    totalContainers: (spec.containers?.length ?? 0) + sidecars.size,
    restarts: counted.restarts,
    lastRestart: counted.lastRestart,
  };
}

function baseReason({ status }: Pod): string {
  const gated = status.conditions?.some(
    ({ type, reason }) => type === 'PodScheduled' && reason === 'SchedulingGated',
  );
  return gated ? 'SchedulingGated' : (status.reason ?? status.phase ?? '');
}

function deletionStatus({ metadata, status }: Pod): string | undefined {
  if (metadata.deletionTimestamp === undefined) return undefined;
  if (status.reason === 'NodeLost') return 'Unknown';
  return status.phase === 'Succeeded' || status.phase === 'Failed' ? undefined : 'Terminating';
}

function hasCondition({ status }: Pod, name: string): boolean {
  return status.conditions?.some(({ type, status: value }) => type === name && value === 'True') ?? false;
}

/** Goes through the init containers up to the first that is neither done nor a running sidecar. */
function tallyInitContainers({ spec, status }: Pod, sidecars: ReadonlySet<string>): Tally {
  const statuses = status.initContainerStatuses ?? [];
  const unfinished = statuses.findIndex((container) => !isDone(container, sidecars));
  const seen = unfinished === -1 ? statuses : statuses.slice(0, unfinished + 1);
  const ready = seen.filter(
    (container) => sidecars.has(container.name) && container.started && container.ready,
  );
  const current = statuses[unfinished];
  return {
    reason: current && `Init:${initReason(current, unfinished, spec.initContainers?.length ?? 0)}`,
    ready: ready.length,
    restarts: total(seen),
    lastRestart: latestRestart(seen),
  };
}

function isDone(container: ContainerStatus, sidecars: ReadonlySet<string>): boolean {
  if (container.state.terminated?.exitCode === 0) return true;
  return sidecars.has(container.name) && container.started === true;
}

function initReason({ state }: ContainerStatus, index: number, count: number): string {
  if (state.terminated !== undefined) return terminationReason(state.terminated);
  const waiting = state.waiting?.reason ?? '';
  return waiting === '' || waiting === 'PodInitializing' ? `${index}/${count}` : waiting;
}

function terminationReason({ reason, signal, exitCode }: Termination): string {
  if (reason !== undefined) return reason;
  return signal === undefined ? `ExitCode:${exitCode}` : `Signal:${signal}`;
}

/** The containers decide once the pod is initialized; the first one with a reason of its own has the say. */
function tallyContainers(pod: Pod, init: Tally, sidecars: ReadonlySet<string>): Tally {
  const statuses = pod.status.containerStatuses ?? [];
  const running = statuses.filter(({ ready, state }) => ready && state.running !== undefined);
  const reason = statuses.map(containerReason).find((candidate) => candidate !== undefined) ?? init.reason;
  const settled =
    reason === 'Completed' && running.length > 0
      ? hasCondition(pod, 'Ready')
        ? 'Running'
        : 'NotReady'
      : reason;
  const counted = [
    ...(pod.status.initContainerStatuses ?? []).filter(({ name }) => sidecars.has(name)),
    ...statuses,
  ];
  return {
    reason: settled,
    ready: init.ready + running.length,
    restarts: total(counted),
    lastRestart: latestRestart(counted),
  };
}

function containerReason({ state }: ContainerStatus): string | undefined {
  const waiting = state.waiting?.reason ?? '';
  if (waiting !== '') return waiting;
  return state.terminated && terminationReason(state.terminated);
}

function total(containers: readonly ContainerStatus[]): number {
  return containers.reduce((sum, { restartCount }) => sum + restartCount, 0);
}

function latestRestart(containers: readonly ContainerStatus[]): string | undefined {
  const ends = containers.map(({ lastState }) => lastState.terminated?.finishedAt);
  return ends
    .filter((end) => typeof end === 'string')
    .sort()
    .at(-1);
}
