import { randomInt, randomUUID } from 'node:crypto';
import { Agent } from 'node:https';
import { systemClock } from '../../shared/lifecycle/clock.js';
import type { Component } from '../../shared/lifecycle/component.js';
import { periodic } from '../../shared/lifecycle/periodic.js';
import type { Logger } from '../../shared/observability/logger.js';
import { DocumentRoutes } from './http/document-routes.js';
import { httpsServer } from './http/https-server.js';
import { podRoutes } from './http/pod-routes.js';
import { handleRequest } from './http/request-handler.js';
import { RunningRequests } from './http/running-requests.js';
import type { TokenLookup } from './http/token-file.js';
import { objectJournal } from './journal/object-journal.js';
import type { JournalEntry } from './journal/read-journal.js';
import { KINDS } from './kinds/all-kinds.js';
import { kubeletLogs } from './proxy/kubelet-logs.js';
import type { ClusterState } from './resources/cluster-state.js';
import { createDefaultNamespaces } from './resources/default-namespaces.js';
import { expireEvents } from './resources/event-expiry.js';
import { startNamespaceFinalizer } from './resources/namespace-finalizer.js';
import { ObjectStore } from './store/object-store.js';

export interface ApiServerOptions {
  readonly bindAddress: string;
  /** 0 = any free port. */
  readonly port: number;
  readonly certificatePem: string;
  readonly privateKeyPem: string;
  readonly clientCaPem: string | undefined;
  readonly tokens: TokenLookup;
  /** What is shown to kubelets, and who must have signed theirs. */
  readonly kubeletClient: {
    readonly cert?: string;
    readonly key?: string;
    readonly ca?: string;
  };
  /** Where changes are written down; undefined keeps them in memory only. */
  readonly dataFile: string | undefined;
  /** The objects of an earlier run. */
  readonly restored: readonly JournalEntry[];
  /** Changes that each resource remembers. */
  readonly watchHistoryEvents: number;
  readonly logger: Logger;
  readonly onListening: (port: number) => void;
}

/** Wires the API server: the parts of a process, in the order in which they start. */
export function apiServer(options: ApiServerOptions): readonly Component[] {
  const cluster = newCluster(options);
  const running = new RunningRequests();
  const agent = kubeletAgent(options);
  let port = options.port;
  const handler = {
    routes: { cluster, kinds: KINDS, podRoutes: podRoutes(cluster, kubeletLogs(agent)) },
    documents: new DocumentRoutes(KINDS, () => `${options.bindAddress}:${port}`),
    tokens: options.tokens,
    bindAddress: options.bindAddress,
    logger: options.logger,
    running,
  };
  return [
    ...(options.dataFile === undefined ? [] : [objectJournal(options.dataFile, cluster.store)]),
    namespaceFinalizer(cluster),
    eventExpiry(cluster, options.logger),
    httpsServer({
      address: { host: options.bindAddress, port: options.port },
      certificatePem: options.certificatePem,
      privateKeyPem: options.privateKeyPem,
      clientCaPem: options.clientCaPem,
      handle: (request, response) => void handleRequest(handler, request, response),
      onListening: (listening) => {
        port = listening;
        options.onListening(listening);
      },
      onStopping: () => {
        running.stop();
        agent.destroy();
      },
    }),
  ];
}

/**
 * Revisions begin at the time, finely counted: however fast changes were made in an earlier run, none of its
 * revisions is as large, and all of them stay below 2^53.
 */
const REVISIONS_PER_MS = 1_000;

function newCluster({ watchHistoryEvents, restored }: ApiServerOptions): ClusterState {
  const revisions = restored.map(({ object }) => Number(object.metadata.resourceVersion));
  const firstRevision = revisions.reduce(
    (largest, revision) => Math.max(largest, revision),
    Date.now() * REVISIONS_PER_MS,
  );
  const cluster: ClusterState = {
    store: new ObjectStore({ firstRevision, historyLimit: watchHistoryEvents }),
    now: () => Date.now(),
    newUid: () => randomUUID(),
    nameSuffix: () => Array.from({ length: 5 }, randomNameCharacter).join(''),
  };
  for (const { resource, key, object } of restored) cluster.store.collection(resource).restore(key, object);
  createDefaultNamespaces(cluster);
  return cluster;
}

/** Without vowels, so that no words come about; without characters that look alike. */
const NAME_CHARACTERS = 'bcdfghjklmnpqrstvwxz2456789';

function randomNameCharacter(): string {
  return NAME_CHARACTERS.charAt(randomInt(NAME_CHARACTERS.length));
}

/** As in the real API server, kubelets are checked only when it is known who signs their certificates. */
function kubeletAgent({ kubeletClient }: ApiServerOptions): Agent {
  return new Agent({ ...kubeletClient, rejectUnauthorized: kubeletClient.ca !== undefined });
}

const EVENT_SWEEP_MS = 60_000;

function eventExpiry(cluster: ClusterState, logger: Logger): Component {
  return periodic({
    name: 'event expiry',
    intervalMs: EVENT_SWEEP_MS,
    clock: systemClock,
    round: () => expireEvents(cluster),
    onError: (reason) => logger.error({ reason }, 'events could not be expired'),
  });
}

function namespaceFinalizer(cluster: ClusterState): Component {
  let stop = () => {};
  return {
    name: 'namespace finalizer',
    start: async () => {
      stop = startNamespaceFinalizer(cluster);
    },
    stop: async () => stop(),
  };
}
