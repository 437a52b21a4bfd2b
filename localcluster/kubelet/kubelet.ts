import { rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { writeFileDurably } from '../../shared/files/write-file-durably.js';
import { Reflector } from '../../shared/kubernetes/reflector.js';
import { ReflectorMetrics } from '../../shared/kubernetes/reflector-metrics.js';
import { systemClock } from '../../shared/lifecycle/clock.js';
import type { Component } from '../../shared/lifecycle/component.js';
import type { Logger } from '../../shared/observability/logger.js';
import { Registry } from '../../shared/observability/metrics.js';
import type { Connection } from '../client/connection.js';
import { EventRecorder } from '../client/event-recorder.js';
import { KubeClient } from '../client/kube-client.js';
import type { Node, Pod } from '../client/objects.js';
import { PODS_PATH } from '../client/paths.js';
import { WATCH_LIMITS } from '../client/watching.js';
import type { CgroupBackend, NodeRoots } from './cgroups/cgroup-backend.js';
import { sweepEarlierRun } from './cgroups/sweep-earlier-run.js';
import { ContainerRunner } from './containers/container-runner.js';
import { cgroupNames } from './domain/cgroup-dialect.js';
import type { KubeletOptions } from './kubelet-options.js';
import { LogFolders } from './logs/log-folders.js';
import { type LogRequest, LogServer } from './logs/log-server.js';
import { machineHealth } from './node/machine.js';
import type { MachineFacts } from './node/node-description.js';
import { NodeRegistrar } from './node/node-registrar.js';
import { containerLog } from './pods/container-log.js';
import { PodManager } from './pods/pod-manager.js';

export interface KubeletParts {
  readonly options: KubeletOptions;
  readonly backend: CgroupBackend;
  readonly connection: Connection;
  readonly machine: MachineFacts;
  /** The search path that containers get. */
  readonly searchPath: string;
  readonly logger: Logger;
}

/** Everything of a virtual node is on this machine. */
const NODE_IP = '127.0.0.1';
const MAX_PODS = 110;
/** The Kubernetes release whose behaviour is followed. */
const VERSION = 'v1.34.4-podium';
const RUNTIME = `podium-process://${process.versions.node}`;

/** Wires one kubelet. The parts are in the order in which they start; they stop in the opposite one. */
export function createKubelet(parts: KubeletParts): Component[] {
  const { options, backend, connection, machine, logger } = parts;
  const shared = { clock: systemClock, random: Math.random, logger };
  const client = new KubeClient(connection.send);
  const source = { component: 'kubelet', host: options.nodeName };
  const recorder = new EventRecorder({ ...shared, client, source });
  const logs = new LogFolders(path.join(options.stateDir, 'logs'));
  const runner = new ContainerRunner({
    ...shared,
    backend,
    names: cgroupNames(options.dialect),
    logs,
    searchPath: parts.searchPath,
  });
  const node = { ip: NODE_IP, runsAsRoot: process.getuid?.() === 0 };
  const pods = new PodManager({ ...shared, client, recorder, runner, node, logs, maxPods: MAX_PODS });
  const logServer = createLogServer(options, pods, logs, logger);
  const registrar = new NodeRegistrar({
    ...shared,
    client,
    node: () => ({
      name: options.nodeName,
      ip: NODE_IP,
      kubeletPort: logServer?.port,
      cpus: os.availableParallelism(),
      memoryBytes: os.totalmem(),
      maxPods: MAX_PODS,
      version: VERSION,
      runtime: RUNTIME,
      machine,
    }),
    health: () => machineHealth(options.stateDir),
    readyMessage: `podium kubelet is ready; ${backend.roots.reason}`,
    onRegistered: (registered) => announce(recorder, registered, backend.roots),
  });
  const watch = new Reflector({
    ...shared,
    send: connection.send,
    metrics: new ReflectorMetrics(new Registry()),
    resource: 'pods',
    path: PODS_PATH,
    query: { fieldSelector: `spec.nodeName=${options.nodeName}` },
    project: withoutManagedFields,
    limits: WATCH_LIMITS,
    onChange: (change) => pods.podChanged(change),
    onSynced: () => pods.listed(),
  });
  const groups = groupsComponent(options, backend, logger);
  return [groups, recorder, ...(logServer === undefined ? [] : [logServer]), registrar, pods, watch];
}

function createLogServer(
  { tls, port }: KubeletOptions,
  pods: PodManager,
  folders: LogFolders,
  logger: Logger,
): LogServer | undefined {
  if (tls === undefined) {
    logger.info({}, 'no logs are served: no certificate was given');
    return undefined;
  }
  const find = ({ namespace, pod, container, previous }: LogRequest) =>
    containerLog(pods.find(namespace, pod), { pod, container, previous }, folders);
  return new LogServer({ ...tls, host: NODE_IP, port, find, clock: systemClock, logger });
}

/** While `node-roots.json` is there, what it names is there too. */
function groupsComponent(
  { stateDir, dialect }: KubeletOptions,
  backend: CgroupBackend,
  logger: Logger,
): Component {
  const file = path.join(stateDir, 'node-roots.json');
  return {
    name: 'groups',
    start: async () => {
      await sweepEarlierRun(file, backend.roots, { clock: systemClock, logger });
      await rm(file, { force: true });
      await backend.start();
      for (const group of cgroupNames(dialect).base) await backend.create(group);
      const { backend: kind, ...roots } = backend.roots;
      logger.info({ backend: kind, ...roots }, 'groups of processes');
      await writeFileDurably(file, `${JSON.stringify(backend.roots)}\n`);
    },
    stop: async () => {
      await backend.stop();
      await rm(file, { force: true });
    },
  };
}

function announce(recorder: EventRecorder, { metadata }: Node, { backend, reason }: NodeRoots): void {
  recorder.record(
    { apiVersion: 'v1', kind: 'Node', name: metadata.name, uid: metadata.uid },
    { type: 'Normal', reason: 'Starting', message: `Starting kubelet with ${backend} cgroups: ${reason}` },
  );
}

/** The bookkeeping of field owners is half of an object, and nobody here asks for it. */
function withoutManagedFields(pod: Pod): Pod {
  const { managedFields: _, ...metadata } = pod.metadata as Pod['metadata'] & { managedFields?: unknown };
  return { ...pod, metadata };
}
