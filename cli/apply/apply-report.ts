import type { CommandContext } from '../commands/command-context.js';
import { ExitCode } from '../exit-code.js';
import { EXIT } from '../exit-codes.js';
import { type Change, diffLines } from './changes.js';
import type { PlannedStep } from './plan.js';
import type { ResourceKind } from './resource-kind.js';

/** What became of one document, as `-o json` and `-o yaml` print it. */
export interface Outcome {
  readonly place: string;
  readonly name: string;
  readonly id?: string;
  readonly action: 'created' | 'changed' | 'unchanged' | 'failed' | 'would create' | 'would change';
  readonly changes?: readonly Change[];
  readonly error?: string;
  readonly requestId?: string;
  /** Of the failure; not printed. */
  readonly exitCode?: number;
}

/** One line for what became of a document, and what changed where that was not shown before. */
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

/** What would be done, for people. */
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

/** The sum, or all of it for programs; and the exit code when something failed. */
export async function finish(
  context: CommandContext,
  kind: ResourceKind,
  outcomes: readonly Outcome[],
): Promise<void> {
  const { out } = context;
  const codes = [...new Set(outcomes.flatMap(({ exitCode }) => exitCode ?? []))];
  if (out.isForPeople) out.note(summary(kind, outcomes));
  else await out.done({ results: outcomes.map(({ exitCode: _, ...outcome }) => outcome) }, '');
  const [code] = codes;
  if (code !== undefined) throw new ExitCode(codes.length === 1 ? code : EXIT.failure);
}

function summary({ noun, plural }: ResourceKind, outcomes: readonly Outcome[]): string {
  const counts = new Map<string, number>();
  for (const { action } of outcomes) counts.set(action, (counts.get(action) ?? 0) + 1);
  const parts = [...counts].map(([action, count]) => `${count} ${action}`);
  return `${outcomes.length} ${outcomes.length === 1 ? noun : plural}: ${parts.join(', ')}`;
}
