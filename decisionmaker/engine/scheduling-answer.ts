import { createHash } from 'node:crypto';
import { wireTimestamp } from '../../shared/domain/wire-timestamp.js';
import type { DecisionRule } from '../domain/decision-rules.js';
import type { Decision } from '../domain/decisions.js';
import type { PriorityFormat } from '../ports/decision-engine.js';
import type { ServedAnswer } from '../ports/served-decisions.js';

/**
 * The answer to a scheduler (contract 2.4). Its client drops a whole reply for one number that is not
 * a plain integer; all of ours are safe integers, which JavaScript writes plainly.
 */
export function schedulingAnswer(
  decisions: readonly Decision[],
  format: PriorityFormat,
  nowMs: number,
): ServedAnswer {
  const tails = new Map<DecisionRule, string>();
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
  // Not a Buffer: its bytes may lie in a pool that others use, and these are handed to another thread.
  return { bytes: new TextEncoder().encode(`${head},"scheduling":${list}}\n`), etag };
}

/** What the items of one rule have in common; empty values are left out, as the public API does. */
function itemTail({ podLabels, commandRegex }: DecisionRule): string {
  const selectors = Object.entries(podLabels)
    .map(([key, value]) => ({ key, value }))
    .toSorted((a, b) => (a.key < b.key ? -1 : 1));
  const selectorsPart = selectors.length === 0 ? '' : `,"selectors":${JSON.stringify(selectors)}`;
  const regexPart = commandRegex === '' ? '' : `,"command_regex":${JSON.stringify(commandRegex)}`;
  return selectorsPart + regexPart;
}
