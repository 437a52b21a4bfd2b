#!/usr/bin/env node
import { Reflector } from '../../shared/kubernetes/reflector.js';
import { ReflectorMetrics } from '../../shared/kubernetes/reflector-metrics.js';
import { systemClock } from '../../shared/lifecycle/clock.js';
import type { Component } from '../../shared/lifecycle/component.js';
import { createLogger, LOG_LEVELS, type Logger } from '../../shared/observability/logger.js';
import { Registry } from '../../shared/observability/metrics.js';
import { type Program, runProgram } from '../../shared/program/run-program.js';
import { type Connection, connect, connectionComponent } from '../client/connection.js';
import { EventRecorder } from '../client/event-recorder.js';
import { KubeClient } from '../client/kube-client.js';
import { readKubeconfig } from '../client/kubeconfig.js';
import type { Node, Pod } from '../client/objects.js';
import { NODES_PATH, PODS_PATH } from '../client/paths.js';
import { oneOf, programOptions, requiredOption } from '../client/program-options.js';
import { WATCH_LIMITS } from '../client/watching.js';
import { Scheduler } from './scheduler.js';
import { nodeView, podView } from './views.js';

async function createScheduler(args: readonly string[]): Promise<Program> {
  const options = programOptions(args, {
    kubeconfig: { type: 'string' },
    'exit-with-parent': { type: 'boolean' },
    'log-level': { type: 'string', default: 'info' },
  });
  const logger = createLogger({
    name: 'scheduler',
    level: oneOf('log-level', options['log-level'], LOG_LEVELS),
  });
  const connection = connect(await readKubeconfig(requiredOption('kubeconfig', options.kubeconfig)));
  return {
    logger,
    components: [connectionComponent(connection), ...components(connection, logger)],
    exitWithParent: options['exit-with-parent'],
  };
}

function components({ send }: Connection, logger: Logger): Component[] {
  const metrics = new ReflectorMetrics(new Registry());
  const shared = { clock: systemClock, random: Math.random, logger };
  const watching = { ...shared, send, metrics, limits: WATCH_LIMITS };
  const client = new KubeClient(send);
  const source = { component: 'default-scheduler' };
  const events = new EventRecorder({ ...shared, client, source });
  const pods = new Reflector({
    ...watching,
    resource: 'pods',
    path: PODS_PATH,
    project: (pod: Pod) => podView(pod),
    onChange: (change) => scheduler.podChanged(change),
    onSynced: () => scheduler.listed(),
  });
  const nodes = new Reflector({
    ...watching,
    resource: 'nodes',
    path: NODES_PATH,
    project: (node: Node) => nodeView(node),
    onChange: () => scheduler.nodeChanged(),
    onSynced: () => scheduler.listed(),
  });
  const scheduler = new Scheduler({
    ...shared,
    client,
    events,
    pods: () => pods.items(),
    nodes: () => nodes.items(),
    synced: () => pods.synced && nodes.synced,
  });
  return [events, scheduler, nodes, pods];
}

process.exitCode = await runProgram({ name: 'podium scheduler' }, () =>
  createScheduler(process.argv.slice(2)),
);
