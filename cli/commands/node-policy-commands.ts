import type { Command } from 'commander';
import { itemOf, itemsOf } from '../client/answers.js';
import { durationText, selectorText, timeCell } from '../output/cells.js';
import type { Column } from '../output/table.js';
import { action, apiCommand } from './api-command.js';
import { addApplyCommands } from './apply-command.js';
import type { CommandContext } from './command-context.js';
import { type YesFlag, yes } from './user-commands.js';

const POLICIES = '/api/v1/node-scheduling-policies';
const INTENTS = '/api/v1/node-scheduling-intents';

const columns: readonly Column[] = [
  { title: 'ID', of: 'id' },
  { title: 'NODES', of: 'nodeNames' },
  { title: 'SELECTOR', of: ({ nodeSelectors }) => selectorText(nodeSelectors) },
  { title: 'COMMAND', of: 'commandRegex' },
  { title: 'PRIORITY', of: 'priority' },
  { title: 'SLICE', of: ({ executionTime }) => durationText(executionTime) },
];

/** `podium node-policies …`: for processes of chosen nodes, whichever pod they are in. */
export function addNodePolicyCommands(program: Command): void {
  const policies = program
    .command('node-policies')
    .description('which processes of chosen nodes go first, in whichever pod or none');
  apiCommand(policies, 'list', 'list your node policies').action(action(list));
  apiCommand(policies, 'get <id>', 'show one node policy').action(action<[string]>(get));
  addApplyCommands(policies, async () => (await import('../apply/node-policy-kind.js')).nodePolicyKind);
  apiCommand(policies, 'delete <id...>', 'delete node policies')
    .addOption(yes())
    .action(action<[readonly string[]], YesFlag>(remove));
  apiCommand(policies, 'intents', 'list what they come to, node by node').action(action(intents));
  apiCommand(
    policies,
    'exclude <intent...>',
    'leave nodes out; `podium intents lift` takes them in again',
  ).action(action<[readonly string[]]>(exclude));
}

async function list({ api, out }: CommandContext): Promise<void> {
  const data = await api.get(`${POLICIES}/self`);
  await out.list(data, itemsOf(data, 'policies'), columns, 'There are no node policies.');
}

async function get({ api, out }: CommandContext, _: object, id: string): Promise<void> {
  const policy = itemOf(await api.get(`${POLICIES}/${encodeURIComponent(id)}`));
  await out.item(policy, policy, [
    { title: 'id', of: 'id' },
    { title: 'nodes', of: 'nodeNames' },
    { title: 'selector', of: ({ nodeSelectors }) => selectorText(nodeSelectors) },
    { title: 'command', of: 'commandRegex' },
    { title: 'priority', of: 'priority' },
    { title: 'time slice', of: ({ executionTime }) => durationText(executionTime) || 'default' },
    { title: 'owner', of: 'ownerId' },
    { title: 'updated', of: timeCell('updatedTime') },
    { title: 'revision', of: 'revision' },
  ]);
}

async function remove(context: CommandContext, flags: YesFlag, ids: readonly string[]): Promise<void> {
  const { api, out, terminal } = context;
  if (!flags.yes && !(await terminal.confirm(`Delete ${ids.join(', ')}?`)))
    return out.note('Nothing was deleted.');
  for (const policyId of ids) {
    const data = await api.call('DELETE', POLICIES, { body: { policyId } });
    await out.done(data, `Node policy ${policyId} was deleted.`);
  }
}

async function intents({ api, out }: CommandContext): Promise<void> {
  const data = await api.get(`${INTENTS}/self`);
  await out.list(
    data,
    itemsOf(data, 'intents'),
    [
      { title: 'ID', of: 'id' },
      { title: 'NODE', of: 'nodeId' },
      { title: 'COMMAND', of: 'commandRegex' },
      { title: 'PRIORITY', of: 'priority' },
      { title: 'SLICE', of: ({ executionTime }) => durationText(executionTime) },
      { title: 'POLICY', of: 'policyId' },
      { title: 'STATUS', of: 'status' },
      { title: 'REASON', of: 'reason' },
    ],
    'There are no node intents: no node matches.',
  );
}

async function exclude({ api, out }: CommandContext, _: object, intentIds: readonly string[]): Promise<void> {
  const data = await api.call('DELETE', INTENTS, { body: { intentIds } });
  await out.done(
    data,
    `${intentIds.length} ${intentIds.length === 1 ? 'node is' : 'nodes are'} left out from now on.`,
  );
}
