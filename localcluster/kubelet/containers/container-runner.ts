import { randomBytes } from 'node:crypto';
import type { Clock } from '../../../shared/lifecycle/clock.js';
import type { Logger } from '../../../shared/observability/logger.js';
import type { Container } from '../../client/objects.js';
import type { CgroupBackend } from '../cgroups/cgroup-backend.js';
import { CONTAINER_MARKER } from '../cgroups/membership.js';
import type { CgroupNames, PodIdentity } from '../domain/cgroup-dialect.js';
import type { LogFolders } from '../logs/log-folders.js';
import { launch } from './launcher.js';
import { RunningContainer } from './running-container.js';

export interface ContainerRunnerOptions {
  readonly backend: CgroupBackend;
  readonly names: CgroupNames;
  readonly logs: LogFolders;
  /** The search path of containers that do not set their own: they see this machine's file system. */
  readonly searchPath: string;
  readonly clock: Clock;
  readonly logger: Logger;
}

export interface RunRequest {
  readonly pod: PodIdentity;
  readonly podName: string;
  readonly container: Container;
  /** Restarts before this run. */
  readonly run: number;
  readonly argv: readonly string[];
  readonly environment: ReadonlyMap<string, string>;
}

/** Gives containers their groups, ids, environment and logs, and starts them. */
export class ContainerRunner {
  readonly #options: ContainerRunnerOptions;

  constructor(options: ContainerRunnerOptions) {
    this.#options = options;
  }

  createPod(pod: PodIdentity): Promise<void> {
    return this.#options.backend.create(this.#options.names.pod(pod));
  }

  /** Kills everything in the pod's group at once. */
  killPod(pod: PodIdentity): Promise<void> {
    return this.#options.backend.kill(this.#options.names.pod(pod));
  }

  removePod(pod: PodIdentity): Promise<void> {
    return this.#options.backend.remove(this.#options.names.pod(pod));
  }

  /** Rejects when a group or log cannot be made or the system refuses the command line. */
  async start(request: RunRequest): Promise<RunningContainer> {
    const { backend, names, logs, clock, logger } = this.#options;
    const { pod, container } = request;
    const containerId = randomBytes(32).toString('hex');
    const group = names.container(pod, containerId);
    const log = await logs.create(pod.uid, container.name, request.run);
    try {
      await backend.create(group);
      const prepared = launch({
        containerId,
        groupFolder: backend.folder(group),
        workingDirectory: container.workingDir ?? '/',
        argv: request.argv,
        environment: this.#environment(request, containerId),
      });
      return new RunningContainer({ containerId, group, launch: prepared, log, backend, clock, logger });
    } catch (error) {
      await log.close();
      await backend.remove(group);
      throw error;
    }
  }

  /** Nothing of the kubelet's own environment but the search path reaches a container. */
  #environment({ podName, environment }: RunRequest, containerId: string): ReadonlyMap<string, string> {
    return new Map([
      ['PATH', this.#options.searchPath],
      ['HOSTNAME', podName],
      ...environment,
      [CONTAINER_MARKER, containerId],
    ]);
  }
}
