import type { Fault } from '../../shared/domain/domain-error.js';
import type { CommandTarget } from '../../shared/domain/intent.js';
import { namespaceFault } from '../../shared/domain/label-selector.js';
import { parseRfc3339 } from '../../shared/domain/rfc-3339.js';
import { DEFAULT_PRIORITY } from '../../shared/domain/scheduling-values.js';
import {
  listFaults,
  patternFaults,
  priorityFaults,
  priorityWarnings,
  sliceFaults,
} from './scheduling-rules.js';
import { requirementOf, type SelectorDraft, selectorFaults } from './selector-rules.js';
import type { StrategySpec } from './strategy.js';

/** A strategy as it comes in: of the right types, not yet checked. Integers may be larger than a double holds. */
export interface StrategyDraft {
  readonly name: string;
  readonly description: string;
  readonly strategyNamespace: string;
  readonly labelSelectors: readonly SelectorDraft[];
  readonly k8sNamespace: readonly string[];
  readonly commandRegex: string;
  readonly commandTarget: CommandTarget;
  readonly containerNames: readonly string[];
  readonly priority?: number | bigint | undefined;
  readonly executionTime: number | bigint;
  readonly precedence: number | bigint;
  readonly threads: boolean;
  readonly enabled: boolean;
  /** RFC 3339; empty = never. */
  readonly expiresAt: string;
  readonly allPods: boolean;
}

export type CheckedStrategy =
  | { readonly ok: true; readonly spec: StrategySpec; readonly warnings: readonly string[] }
  | { readonly ok: false; readonly faults: readonly Fault[] };

const LONGEST_NAME = 128;
const LONGEST_DESCRIPTION = 1_024;
const MOST_NAMES = 128;
const LARGEST_PRECEDENCE = 1_000_000;

/** Checks a draft against every rule of DESIGN 3 and fills in the defaults; all faults come back together. */
export function checkStrategy(draft: StrategyDraft): CheckedStrategy {
  const faults = [
    ...textFaults(draft),
    ...selectorFaults('labelSelectors', draft.labelSelectors),
    ...listFaults('k8sNamespace', draft.k8sNamespace, MOST_NAMES, namespaceFault),
    ...listFaults('containerNames', draft.containerNames, MOST_NAMES, (name) =>
      name === '' ? 'must not be empty' : undefined,
    ),
    ...patternFaults(draft.commandRegex),
    ...priorityFaults(draft.priority),
    ...sliceFaults(draft.executionTime),
    ...precedenceFaults(draft.precedence),
    ...expiryFaults(draft.expiresAt),
    ...widthFaults(draft),
  ];
  if (faults.length > 0) return { ok: false, faults };
  const priority = Number(draft.priority ?? DEFAULT_PRIORITY);
  return {
    ok: true,
    warnings: priorityWarnings(priority),
    spec: {
      ...draft,
      labelSelectors: draft.labelSelectors.map(requirementOf),
      priority,
      executionTime: Number(draft.executionTime),
      precedence: Number(draft.precedence),
      expiresAt: parseRfc3339(draft.expiresAt),
    },
  };
}

function textFaults(draft: StrategyDraft): Fault[] {
  const limits = [
    ['name', draft.name, LONGEST_NAME],
    ['description', draft.description, LONGEST_DESCRIPTION],
    ['strategyNamespace', draft.strategyNamespace, LONGEST_NAME],
  ] as const;
  return limits.flatMap(([field, text, longest]) => {
    const length = [...text].length;
    return length > longest
      ? [{ field, reason: `must be at most ${longest} characters, found ${length}` }]
      : [];
  });
}

function precedenceFaults(precedence: number | bigint): Fault[] {
  if (precedence >= -LARGEST_PRECEDENCE && precedence <= LARGEST_PRECEDENCE) return [];
  const reason = `must be ${-LARGEST_PRECEDENCE} to ${LARGEST_PRECEDENCE}, found ${precedence}`;
  return [{ field: 'precedence', reason }];
}

function expiryFaults(expiresAt: string): Fault[] {
  if (expiresAt === '' || parseRfc3339(expiresAt) !== undefined) return [];
  const reason = `must be an RFC 3339 time such as 2026-12-31T23:59:59Z, found ${JSON.stringify(expiresAt)}`;
  return [{ field: 'expiresAt', reason }];
}

function widthFaults({ labelSelectors, k8sNamespace, allPods }: StrategyDraft): Fault[] {
  if (allPods || labelSelectors.length > 0 || k8sNamespace.length > 0) return [];
  const reason =
    'must be true for a strategy with neither labelSelectors nor k8sNamespace, which matches every pod you may use';
  return [{ field: 'allPods', reason }];
}
