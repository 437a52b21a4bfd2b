import type { CommandContext } from '../commands/command-context.js';
import { diffLines } from './changes.js';
import type { Outcome } from './outcome.js';
import type { PlannedStep } from './plan.js';
import type { ResourceKind } from './resource-kind.js';

/**
 * What became of one document.
 *
 * @param isShown Whether its changes have been shown before.
 */
export function sayOutcome(
  context: CommandContext,
  kind: ResourceKind,
  { action, name, id, error, requestId }: Outcome,
  step: PlannedStep,
  isShown: boolean,
): void {
  const { out } = context;
  if (action === 'failed') {
    out.note(`${kind.noun} ${name} failed${requestId === undefined ? '' : ` (request ${requestId})`}`);
    for (const line of (error ?? '').split('\n')) out.note(`  ${line}`);
    return;
  }
  out.line(`${kind.noun} ${name} ${action}${id === undefined || id === name ? '' : ` (${id})`}`);
  if (action === 'changed' && !isShown) showStep(context, step);
}

/** Everything that would change, before anything does. */
export function showChanges(
  context: CommandContext,
  kind: ResourceKind,
  steps: readonly PlannedStep[],
): void {
  if (!context.out.isForPeople) return;
  for (const step of steps) {
    if (step.action === 'unchanged') continue;
    if (step.action === 'refused') {
      context.out.note(`${step.manifest.place}: ${step.reason}`);
      continue;
    }
    context.out.line(
      `${kind.noun} ${step.label} ${step.action === 'create' ? 'would be created' : 'would change'}`,
    );
    showStep(context, step);
  }
}

function showStep({ out }: CommandContext, step: PlannedStep): void {
  if (step.action === 'unchanged' || step.action === 'refused') return;
  for (const { sign, text } of step.changes.flatMap(diffLines)) {
    out.line(`  ${sign} ${text}`, sign === '+' ? 'green' : 'red');
  }
  for (const key of step.wanted.unknownKeys) {
    out.note(
      `  ${step.manifest.placeOf(key)}: ${key} is not known to this program, and likely not to the server`,
    );
  }
}

/** All in one line. */
export function summary({ noun, plural }: ResourceKind, outcomes: readonly Outcome[]): string {
  const counts = new Map<string, number>();
  for (const { action } of outcomes) counts.set(action, (counts.get(action) ?? 0) + 1);
  const parts = [...counts].map(([action, count]) => `${count} ${action}`);
  return `${outcomes.length} ${outcomes.length === 1 ? noun : plural}: ${parts.join(', ')}`;
}
