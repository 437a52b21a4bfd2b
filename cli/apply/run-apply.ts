import { DomainError } from '../../shared/domain/domain-error.js';
import { itemOf, itemsOf } from '../client/answers.js';
import { Refusal } from '../client/refusal.js';
import type { CommandContext } from '../commands/command-context.js';
import { ExitCode } from '../exit-code.js';
import { EXIT } from '../exit-codes.js';
import type { ApplyFlags, DiffFlags } from './apply-flags.js';
import { carriedOut } from './carry-out.js';
import { parseManifests } from './manifest.js';
import { type Outcome, wouldBe } from './outcome.js';
import { missingIds, type PlannedStep, planApply } from './plan.js';
import type { ResourceKind } from './resource-kind.js';
import { sayOutcome, showChanges, summary } from './say-steps.js';
import { readSources } from './sources.js';

/** `apply`: one document after the other; one that fails keeps none of the others from being applied. */
export async function apply(context: CommandContext, kind: ResourceKind, flags: ApplyFlags): Promise<void> {
  if (flags.dryRun === true) return diff(context, kind, { file: flags.file });
  const steps = await planned(context, kind, flags.file);
  const isToBeAsked = flags.yes !== true && context.terminal.isInteractive && steps.some(isChange);
  if (isToBeAsked) {
    showChanges(context, kind, steps);
    if (!(await context.terminal.confirm('Apply this?'))) return context.out.note('Nothing was changed.');
  }
  const outcomes: Outcome[] = [];
  for (const step of steps) {
    context.signal.throwIfAborted();
    const outcome = await carriedOut(context, kind, step);
    outcomes.push(outcome);
    if (context.out.isForPeople) sayOutcome(context, kind, outcome, step, isToBeAsked);
  }
  await finish(context, kind, outcomes);
}

/** `diff` and `apply --dry-run`: nothing is changed, nor is the server asked whether it would take the values. */
export async function diff(context: CommandContext, kind: ResourceKind, flags: DiffFlags): Promise<void> {
  const steps = await planned(context, kind, flags.file);
  const outcomes = steps.map(wouldBe);
  showChanges(context, kind, steps);
  await finish(context, kind, outcomes);
  if (flags.exitCode === true && steps.some(isChange)) throw new ExitCode(EXIT.failure);
}

async function planned(
  { api, terminal }: CommandContext,
  kind: ResourceKind,
  files: readonly string[],
): Promise<readonly PlannedStep[]> {
  const sources = await readSources(files, terminal);
  const manifests = sources.flatMap(({ name, text }) => parseManifests(text, name, kind.listKey));
  if (manifests.length === 0)
    throw new DomainError('invalid', `there is no ${kind.noun} in ${files.join(', ')}`);
  const existing = [...itemsOf(await api.get(kind.listPath), kind.listKey)];
  for (const id of missingIds(kind, manifests, existing)) {
    const found = await api.get(`${kind.path}/${encodeURIComponent(id)}`).catch(unlessMissing);
    if (found !== undefined) existing.push(itemOf(found));
  }
  return planApply(kind, manifests, existing);
}

/** What is not there, or not to be seen, is told for its document alone. */
function unlessMissing(error: unknown): undefined {
  const isMissing =
    error instanceof Refusal && ['not_found', 'invalid', 'malformed'].includes(error.facts.code);
  if (!isMissing) throw error;
}

/** The sum, or all of it for programs; and the exit code when something failed. */
async function finish(
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

function isChange({ action }: PlannedStep): boolean {
  return action === 'create' || action === 'change';
}
