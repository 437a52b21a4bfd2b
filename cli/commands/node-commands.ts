import type { Command } from 'commander';
import { itemOf, itemsOf, textOf } from '../client/answers.js';
import type { Column, Item } from '../output/table.js';
import { action, apiCommand } from './api-command.js';
import type { CommandContext } from './command-context.js';

const NODES = '/api/v1/nodes';

const columns: readonly Column[] = [
  { title: 'NAME', of: 'name' },
  { title: 'STATUS', of: 'status' },
  { title: 'DELIVERY', of: (node) => itemOf(node.delivery).state },
  { title: 'INTENTS', of: (node) => itemOf(node.delivery).intents },
  { title: 'LAST ERROR', of: (node) => itemOf(node.delivery).lastError },
];

/** `podium nodes …`. */
export function addNodeCommands(program: Command): void {
  const nodes = program.command('nodes').description('nodes, their deliveries and their processes');
  apiCommand(nodes, 'list', 'list the nodes').action(action(list));
  apiCommand(nodes, 'get <node>', 'show one node').action(action<[string]>(get));
  apiCommand(nodes, 'pids <node>', "list the processes of a node's pods").action(action<[string]>(pids));
}

async function list({ api, out }: CommandContext): Promise<void> {
  const data = await api.get(NODES);
  await out.list(data, itemsOf(data, 'nodes'), columns, 'There are no nodes.');
}

async function get({ api, out }: CommandContext, _: object, name: string): Promise<void> {
  const node = itemOf(await api.get(`${NODES}/${encodeURIComponent(name)}`));
  const told = Object.entries(itemOf(node.delivery)).map(([key, value]) => ({
    title: `delivery ${key}`,
    of: () => value,
  }));
  await out.item(node, node, [{ title: 'name', of: 'name' }, { title: 'status', of: 'status' }, ...told]);
}

async function pids({ api, out }: CommandContext, _: object, name: string): Promise<void> {
  const data = await api.get(`${NODES}/${encodeURIComponent(name)}/pods/pids`);
  await out.list(
    data,
    itemsOf(data, 'pods').flatMap(processRows),
    [
      { title: 'NAMESPACE', of: 'namespace' },
      { title: 'POD', of: 'pod' },
      { title: 'PID', of: 'pid' },
      { title: 'PPID', of: 'ppid' },
      { title: 'COMMAND', of: 'command' },
      { title: 'CONTAINER', of: (row) => textOf(row, 'container_id').slice(0, 12) },
    ],
    `No process of a pod runs on ${name}.`,
  );
}

function processRows(pod: Item): readonly Item[] {
  const owner = { namespace: pod.pod_namespace, pod: pod.pod_name ?? pod.pod_uid };
  return itemsOf(pod, 'processes').map((process) => ({ ...process, ...owner }));
}
