import type { Command } from 'commander';
import { isHexId } from '../../shared/domain/hex-id.js';
import { itemOf, itemsOf, textOf } from '../client/answers.js';
import { namedThing } from '../client/named-thing.js';
import { durationText, selectorText, timeCell } from '../output/cells.js';
import type { Column, Item } from '../output/table.js';
import { action, apiCommand } from './api-command.js';
import { addApplyCommands } from './apply-command.js';
import type { CommandContext } from './command-context.js';
import { type YesFlag, yes } from './user-commands.js';

const STRATEGIES = '/api/v1/strategies';

const columns: readonly Column[] = [
  { title: 'ID', of: 'id' },
  { title: 'NAME', of: 'name' },
  { title: 'PRIORITY', of: 'priority' },
  { title: 'SLICE', of: ({ executionTime }) => durationText(executionTime) },
  { title: 'NAMESPACES', of: 'k8sNamespace' },
  { title: 'SELECTOR', of: ({ labelSelectors }) => selectorText(labelSelectors) },
  { title: 'COMMAND', of: 'commandRegex' },
  { title: 'ENABLED', of: 'enabled' },
  { title: 'PODS', of: 'matchedPods' },
];

/** `podium strategies …`. Own strategies are named by their name or id, others by their id. */
export function addStrategyCommands(program: Command): void {
  const strategies = program.command('strategies').description("which pods' processes go first");
  apiCommand(strategies, 'list', 'list your strategies')
    .option('--all', "everybody's")
    .action(action<[], { readonly all?: boolean }>(list));
  apiCommand(strategies, 'get <strategy>', 'show one strategy').action(action<[string]>(get));
  addApplyCommands(strategies, async () => (await import('../apply/strategy-kind.js')).strategyKind);
  apiCommand(strategies, 'delete <strategy...>', 'delete strategies')
    .addOption(yes())
    .action(action<[readonly string[]], YesFlag>(remove));
}

async function list(
  { api, out }: CommandContext,
  { all = false }: { readonly all?: boolean },
): Promise<void> {
  const data = await api.get(all ? STRATEGIES : `${STRATEGIES}/self`);
  const shown = all
    ? [...columns, { title: 'OWNER', of: (item: Item) => item.owner ?? item.ownerId }]
    : columns;
  await out.list(data, itemsOf(data, 'strategies'), shown, 'There are no strategies.');
}

async function get(context: CommandContext, _: object, nameOrId: string): Promise<void> {
  const strategy = await strategyBy(context, nameOrId);
  await context.out.item(strategy, strategy, [
    { title: 'id', of: 'id' },
    { title: 'name', of: 'name' },
    { title: 'description', of: 'description' },
    { title: 'strategy namespace', of: 'strategyNamespace' },
    { title: 'selector', of: ({ labelSelectors }) => selectorText(labelSelectors) },
    { title: 'namespaces', of: 'k8sNamespace' },
    { title: 'all pods', of: 'allPods' },
    { title: 'containers', of: 'containerNames' },
    { title: 'command', of: 'commandRegex' },
    { title: 'command target', of: 'commandTarget' },
    { title: 'priority', of: 'priority' },
    { title: 'time slice', of: ({ executionTime }) => durationText(executionTime) || 'default' },
    { title: 'precedence', of: 'precedence' },
    { title: 'threads', of: 'threads' },
    { title: 'enabled', of: 'enabled' },
    { title: 'expires', of: timeCell('expiresAt') },
    { title: 'pods now', of: 'matchedPods' },
    { title: 'owner', of: 'ownerId' },
    { title: 'created', of: timeCell('createdTime') },
    { title: 'updated', of: timeCell('updatedTime') },
    { title: 'revision', of: 'revision' },
  ]);
}

async function remove(context: CommandContext, flags: YesFlag, names: readonly string[]): Promise<void> {
  const { api, out, terminal } = context;
  const strategies: Item[] = [];
  for (const name of names) strategies.push(await strategyBy(context, name));
  const list = strategies.map(labelOf).join(', ');
  if (!flags.yes && !(await terminal.confirm(`Delete ${list}?`))) return out.note('Nothing was deleted.');
  for (const strategy of strategies) {
    const data = await api.call('DELETE', STRATEGIES, { body: { strategyId: strategy.id } });
    await out.done(data, `Strategy ${labelOf(strategy)} was deleted.`);
  }
}

function labelOf(strategy: Item): string {
  return textOf(strategy, 'name') || textOf(strategy, 'id');
}

async function strategyBy({ api }: CommandContext, nameOrId: string): Promise<Item> {
  if (isHexId(nameOrId)) return itemOf(await api.get(`${STRATEGIES}/${nameOrId}`));
  const all = async () => itemsOf(await api.get(`${STRATEGIES}/self`), 'strategies');
  return namedThing(nameOrId, { noun: 'strategy of yours', nameKey: 'name', all });
}
