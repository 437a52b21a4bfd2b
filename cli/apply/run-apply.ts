import { randomUUID } from 'node:crypto';
import { DomainError } from '../../shared/domain/domain-error.js';
import { backoffMs } from '../../shared/lifecycle/backoff.js';
import { systemClock } from '../../shared/lifecycle/clock.js';
import { itemOf, itemsOf, textOf, textsOf } from '../client/answers.js';
import { Refusal } from '../client/refusal.js';
import type { CommandContext } from '../commands/command-context.js';
import { ExitCode } from '../exit-code.js';
import { EXIT, exitCodeOf } from '../exit-codes.js';
import { errorLines } from '../output/error-text.js';
import type { Item } from '../output/table.js';
import type { ApplyFlags, DiffFlags } from './apply-flags.js';
import { type Change, diffLines } from './changes.js';
import { parseManifests } from './manifest.js';
import { missingIds, type PlannedStep, planApply } from './plan.js';
import type { ResourceKind } from './resource-kind.js';
import { readSources } from './sources.js';

/** What became of one document, as `-o json` and `-o yaml` print it. */
interface Outcome {
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

/** A server that has just started, or a connection that broke, is asked this often. */
const MOST_TRIES = 4;
const RETRY = { minMs: 300, maxMs: 3_000 };

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

async function carriedOut(context: CommandContext, kind: ResourceKind, step: PlannedStep): Promise<Outcome> {
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

function sayOutcome(
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

function showChanges(context: CommandContext, kind: ResourceKind, steps: readonly PlannedStep[]): void {
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

function wouldBe(step: PlannedStep): Outcome {
  const named = { place: step.manifest.place, name: step.label };
  switch (step.action) {
    case 'unchanged':
      return { ...named, id: textOf(step.existing, 'id'), action: 'unchanged' };
    case 'refused':
      return { ...named, action: 'failed', error: `${named.place}: ${step.reason}`, exitCode: EXIT.usage };
    case 'create':
      return { ...named, action: 'would create', changes: step.changes };
    case 'change':
      return { ...named, id: textOf(step.existing, 'id'), action: 'would change', changes: step.changes };
  }
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

function summary({ noun, plural }: ResourceKind, outcomes: readonly Outcome[]): string {
  const counts = new Map<string, number>();
  for (const { action } of outcomes) counts.set(action, (counts.get(action) ?? 0) + 1);
  const parts = [...counts].map(([action, count]) => `${count} ${action}`);
  return `${outcomes.length} ${outcomes.length === 1 ? noun : plural}: ${parts.join(', ')}`;
}

function isChange({ action }: PlannedStep): boolean {
  return action === 'create' || action === 'change';
}
