import { createHash } from 'node:crypto';
import { wireTimestamp } from '../../../shared/contract/envelope.js';
import type { Decision } from '../../domain/decisions.js';
import type { CompiledIntent } from '../../domain/intent-set.js';
import type { ServedAnswer } from '../../ports/served-decisions.js';

export type PriorityFormat = 'int' | 'bool';

/**
 * The answer to a scheduler (contract 2.4). Its client drops a whole reply for one number that is not
 * a plain integer; all of ours are safe integers, which JavaScript writes plainly.
 */
export function schedulingAnswer(
  decisions: readonly Decision[],
  format: PriorityFormat,
  nowMs: number,
): ServedAnswer {
  const tails = new Map<CompiledIntent, string>();
  const items = decisions.map(({ pid, priority, sliceNs, winner }) => {
    const tail = tails.get(winner) ?? itemTail(winner);
    tails.set(winner, tail);
    const wirePriority = format === 'bool' ? 'true' : priority;
    return `{"priority":${wirePriority},"execution_time":${sliceNs},"pid":${pid}${tail}}`;
  });
  const head = JSON.stringify({
    success: true,
    message: 'Scheduling intents retrieved successfully',
    timestamp: wireTimestamp(nowMs),
  }).slice(0, -1);
  const list = `[${items.join(',')}]`;
  const etag = `"${createHash('sha256').update(list).digest('base64url')}"`;
  return { bytes: Buffer.from(`${head},"scheduling":${list}}\n`), etag };
}

/** What the items of one intent have in common; empty values are left out, as the public API does. */
function itemTail({ intent }: CompiledIntent): string {
  const selectors = Object.entries(intent.podLabels)
    .map(([key, value]) => ({ key, value }))
    .toSorted((a, b) => (a.key < b.key ? -1 : 1));
  const selectorsPart = selectors.length === 0 ? '' : `,"selectors":${JSON.stringify(selectors)}`;
  const regexPart =
    intent.commandRegex === '' ? '' : `,"command_regex":${JSON.stringify(intent.commandRegex)}`;
  return selectorsPart + regexPart;
}
