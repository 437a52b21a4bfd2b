import { z } from '@hono/zod-openapi';
import { podProcessesData } from '../../../shared/contract/decision-maker-api.js';
import { successOf, wireTimestamp } from '../../../shared/contract/envelope.js';
import { success } from '../../../shared/http/answers.js';
import { type Route, requires, route } from '../../../shared/http/route.js';
import type { Clock } from '../../../shared/lifecycle/clock.js';
import type { Principal } from '../../domain/principal.js';
import { nodeIdParams, nodeView, toNodeView } from './node-schemas.js';
import type { NamedPodProcesses, NodeService } from './node-service.js';

export function nodeRoutes(service: NodeService, clock: Clock): Route<Principal>[] {
  return [
    route(
      {
        method: 'get',
        path: '/api/v1/nodes',
        summary: 'List the nodes',
        tag: 'nodes',
        access: requires('pod_pid_mapping.read'),
        answers: {
          200: { description: 'Nodes by name', schema: successOf(z.object({ nodes: z.array(nodeView) })) },
        },
      },
      () => {
        const nodes = service.list().map(({ node, delivery }) => toNodeView(node, delivery));
        return success(clock.now(), { nodes });
      },
    ),
    route(
      {
        method: 'get',
        path: '/api/v1/nodes/{nodeID}',
        summary: 'Get one node',
        tag: 'nodes',
        access: requires('node.read'),
        params: nodeIdParams,
        refusals: ['not_found'],
        answers: { 200: { description: 'The node', schema: successOf(nodeView) } },
      },
      ({ params: { nodeID } }) => {
        const { node, delivery } = service.get(nodeID);
        return success(clock.now(), toNodeView(node, delivery));
      },
    ),
    route(
      {
        method: 'get',
        path: '/api/v1/nodes/{nodeID}/pods/pids',
        summary: "List the processes of a node's pods",
        tag: 'nodes',
        access: requires('pod_pid_mapping.read'),
        params: nodeIdParams,
        refusals: ['not_found', 'unavailable'],
        answers: { 200: { description: 'Pods with their processes', schema: successOf(podProcessesData) } },
      },
      async ({ principal, params: { nodeID }, signal }) => {
        const pods = await service.podProcesses(principal, nodeID, signal);
        return success(clock.now(), {
          pods: pods.map(toPodView),
          timestamp: wireTimestamp(clock.now()),
          node_name: nodeID,
          node_id: nodeID,
        });
      },
    ),
  ];
}

/** Public snake case (contract 1.9), with the pod's name, which the public answer lacks. */
function toPodView({ podUid, pod, processes }: NamedPodProcesses) {
  return {
    pod_uid: podUid,
    ...(pod === undefined ? {} : { pod_name: pod.name, pod_namespace: pod.namespace }),
    processes: processes.map(({ pid, command, parentPid, containerId }) => ({
      pid,
      command,
      ...(parentPid === undefined ? {} : { ppid: parentPid }),
      ...(containerId === undefined ? {} : { container_id: containerId }),
    })),
  };
}
