import { randomUUID } from 'node:crypto';
import { DomainError } from '../../shared/domain/domain-error.js';
import { backoffMs } from '../../shared/lifecycle/backoff.js';
import { systemClock } from '../../shared/lifecycle/clock.js';
import { itemOf, textOf, textsOf } from '../client/answers.js';
import { Refusal } from '../client/refusal.js';
import type { CommandContext } from '../commands/command-context.js';
import { EXIT, exitCodeOf } from '../exit-codes.js';
import { errorLines } from '../output/error-text.js';
import type { Item } from '../output/table.js';
import type { Outcome } from './outcome.js';
import type { PlannedStep } from './plan.js';
import type { ResourceKind } from './resource-kind.js';

/** A server that has just started, or a connection that broke, is asked this often. */
const MOST_TRIES = 4;
const RETRY = { minMs: 300, maxMs: 3_000 };

/** Does what is planned for one document. Rejects only when the program is being ended. */
export async function carriedOut(
  context: CommandContext,
  kind: ResourceKind,
  step: PlannedStep,
): Promise<Outcome> {
  const named = { place: step.manifest.place, name: step.label };
  try {
    switch (step.action) {
      case 'unchanged':
        return { ...named, id: textOf(step.existing, 'id'), action: 'unchanged' };
      case 'refused':
        throw new DomainError('invalid', step.reason);
      case 'create': {
        const data = await created(context, kind, step.manifest.value);
        noteWarnings(context, named.place, data);
        return { ...named, id: textOf(data, 'id'), action: 'created', changes: step.changes };
      }
      case 'change': {
        const data = await replaced(context, kind, step.manifest.value, step.existing);
        noteWarnings(context, named.place, data);
        return { ...named, id: textOf(step.existing, 'id'), action: 'changed', changes: step.changes };
      }
    }
  } catch (error) {
    if (context.signal.aborted) throw error;
    return { ...named, action: 'failed', ...failureOf(kind, step, error) };
  }
}

/** Where the server knows the key, it makes one thing of however many of the tries reach it. */
async function created(context: CommandContext, kind: ResourceKind, body: Item): Promise<Item> {
  const headers: Record<string, string> = kind.createsOnce ? { 'idempotency-key': randomUUID() } : {};
  const mostTries = kind.createsOnce ? MOST_TRIES : 1;
  for (let tried = 1; ; tried++) {
    try {
      return itemOf(await context.api.call('POST', kind.path, { body, headers }));
    } catch (error) {
      if (exitCodeOf(error) !== EXIT.unavailable || tried === mostTries) throw error;
      await systemClock.sleep(backoffMs(RETRY, tried, Math.random()), context.signal);
      context.signal.throwIfAborted();
    }
  }
}

/** Only as it was when the diff was made: somebody else's change in between is not undone unseen. */
async function replaced(
  context: CommandContext,
  kind: ResourceKind,
  body: Item,
  existing: Item,
): Promise<Item> {
  const { id, revision } = existing;
  const headers: Record<string, string> = typeof revision === 'number' ? { 'if-match': `"${revision}"` } : {};
  // A revision in the document is of when it was printed: what counts is what the diff was made from.
  const wanted = Object.entries(body).filter(([key]) => key.toLowerCase() !== 'revision');
  const sent = { ...Object.fromEntries(wanted), [kind.idKey]: id };
  return itemOf(await context.api.call('PUT', kind.path, { body: sent, headers }));
}

function failureOf(
  { noun, plural }: ResourceKind,
  { manifest, action, label }: PlannedStep,
  error: unknown,
): Pick<Outcome, 'error' | 'requestId' | 'exitCode'> {
  const exitCode = exitCodeOf(error);
  const facts = error instanceof Refusal ? error.facts : undefined;
  const requestId = facts?.requestId === undefined ? {} : { requestId: facts.requestId };
  // Other conflicts, such as a name that is taken, come without a revision.
  if (facts?.code === 'conflict' && facts.data.revision !== undefined && action === 'change') {
    const reason = `${noun} ${label} was changed meanwhile: look again with \`podium ${plural} diff\`, then apply again`;
    return { error: `${manifest.place}: ${reason}`, exitCode, ...requestId };
  }
  const faults = (facts?.details ?? []).map(
    ({ field, reason }) => `${manifest.placeOf(field)}: ${field}: ${reason}`,
  );
  const [reason] = errorLines(error);
  const lines = faults.length > 0 ? faults : [`${manifest.place}: ${reason}`];
  return { error: lines.join('\n'), exitCode, ...requestId };
}

function noteWarnings({ out }: CommandContext, place: string, data: Item): void {
  for (const warning of textsOf(data, 'warnings')) out.note(`${place}: warning: ${warning}`);
}
