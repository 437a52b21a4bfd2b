import type { Command } from 'commander';
import { itemsOf } from '../client/answers.js';
import { durationText, timeCell } from '../output/cells.js';
import type { Column } from '../output/table.js';
import { action, apiCommand } from './api-command.js';
import type { CommandContext } from './command-context.js';

const columns: readonly Column[] = [
  { title: 'ID', of: 'id' },
  { title: 'NAMESPACE', of: 'k8sNamespace' },
  { title: 'POD', of: 'podName' },
  { title: 'NODE', of: 'nodeID' },
  { title: 'PRIORITY', of: 'priority' },
  { title: 'SLICE', of: ({ executionTime }) => durationText(executionTime) },
  { title: 'STRATEGY', of: 'strategyId' },
  { title: 'STATUS', of: 'status' },
  { title: 'REASON', of: 'reason' },
];

/** `podium intents …`: what strategies come to, pod by pod. */
export function addIntentCommands(program: Command): void {
  const intents = program
    .command('intents')
    .description('what strategies come to: one intent for each strategy and pod');
  apiCommand(intents, 'list', 'list the intents of your strategies')
    .option('--all', "everybody's")
    .action(action<[], { readonly all?: boolean }>(list));
  apiCommand(intents, 'exclude <intent...>', 'leave pods out of a strategy until they are gone').action(
    action<[readonly string[]]>(exclude),
  );
  apiCommand(intents, 'exclusions', 'list what is left out').action(action(exclusions));
  apiCommand(intents, 'lift <exclusion...>', 'take pods in again').action(action<[readonly string[]]>(lift));
}

async function list(
  { api, out }: CommandContext,
  { all = false }: { readonly all?: boolean },
): Promise<void> {
  const data = await api.get(all ? '/api/v1/intents' : '/api/v1/intents/self');
  await out.list(data, itemsOf(data, 'intents'), columns, 'There are no intents: no pod that runs matches.');
}

async function exclude({ api, out }: CommandContext, _: object, intentIds: readonly string[]): Promise<void> {
  const data = await api.call('DELETE', '/api/v1/intents', { body: { intentIds } });
  await out.done(
    data,
    `${intentIds.length} ${intentIds.length === 1 ? 'pod is' : 'pods are'} left out from now on.`,
  );
}

async function exclusions({ api, out }: CommandContext): Promise<void> {
  const data = await api.get('/api/v1/exclusions/self');
  await out.list(
    data,
    itemsOf(data, 'exclusions'),
    [
      { title: 'ID', of: 'id' },
      { title: 'KIND', of: 'kind' },
      { title: 'LEFT OUT', of: 'name' },
      { title: 'OF', of: ({ strategyId, policyId }) => strategyId ?? policyId },
      { title: 'SINCE', of: timeCell('createdTime') },
    ],
    'Nothing is left out.',
  );
}

async function lift({ api, out }: CommandContext, _: object, exclusionIds: readonly string[]): Promise<void> {
  const data = await api.call('DELETE', '/api/v1/exclusions', { body: { exclusionIds } });
  await out.done(
    data,
    `${exclusionIds.length} ${exclusionIds.length === 1 ? 'exclusion was' : 'exclusions were'} lifted.`,
  );
}
