import { compileCommandPattern } from '../../shared/domain/command-pattern.js';
import type { Fault } from '../../shared/domain/domain-error.js';
import type { CommandTarget } from '../../shared/domain/intent.js';
import {
  type LabelOperator,
  type LabelRequirement,
  labelKeyFault,
  labelValueFault,
  namespaceFault,
} from '../../shared/domain/label-selector.js';
import { parseRfc3339 } from '../../shared/domain/rfc-3339.js';
import {
  DEFAULT_PRIORITY,
  LONGEST_SLICE_NS,
  SHORTEST_SLICE_NS,
  STRONGEST_PRIORITY,
  WEAKEST_PRIORITY,
} from '../../shared/domain/scheduling-values.js';
import type { StrategySpec } from './strategy.js';

/** A label selector as people write it: `{key, value}`, or with an operator and values. */
export interface SelectorDraft {
  readonly key: string;
  /** Equality; empty or missing = the key exists. */
  readonly value?: string | undefined;
  readonly operator?: LabelOperator | undefined;
  readonly values?: readonly string[] | undefined;
}

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
const MOST_SELECTORS = 32;
const MOST_VALUES = 64;
const MOST_NAMES = 128;
const LARGEST_PRECEDENCE = 1_000_000;

/** Checks a draft against every rule of DESIGN 3 and fills in the defaults; all faults come back together. */
export function checkStrategy(draft: StrategyDraft): CheckedStrategy {
  const faults = [
    ...textFaults(draft),
    ...selectorFaults(draft.labelSelectors),
    ...namespaceFaults(draft.k8sNamespace),
    ...listFaults('containerNames', draft.containerNames, (name) =>
      name === '' ? 'must not be empty' : undefined,
    ),
    ...patternFaults(draft.commandRegex),
    ...numberFaults(draft),
    ...expiryFaults(draft.expiresAt),
    ...widthFaults(draft),
  ];
  if (faults.length > 0) return { ok: false, faults };
  const priority = Number(draft.priority ?? DEFAULT_PRIORITY);
  return {
    ok: true,
    warnings: priority === 0 ? [ZERO_WARNING] : [],
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

const ZERO_WARNING =
  'priority 0 means different things to different scheduler releases: it is kept, and served as 1 unless the ' +
  'node is set to serve 0';

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

function selectorFaults(selectors: readonly SelectorDraft[]): Fault[] {
  if (selectors.length > MOST_SELECTORS) {
    return [
      { field: 'labelSelectors', reason: `must be at most ${MOST_SELECTORS}, found ${selectors.length}` },
    ];
  }
  return selectors.flatMap((selector, index) => {
    const field = `labelSelectors[${index}]`;
    const values = valuesOf(selector).map((value, at) => ({
      field: selector.values === undefined ? `${field}.value` : `${field}.values[${at}]`,
      reason: labelValueFault(value),
    }));
    const own = [
      { field: `${field}.key`, reason: labelKeyFault(selector.key) },
      { field: `${field}.values`, reason: operatorFault(selector) },
      { field: `${field}.value`, reason: contradictingValue(selector) },
      ...values,
    ];
    return own.flatMap(({ field: at, reason }) => (reason === undefined ? [] : [{ field: at, reason }]));
  });
}

function operatorFault({ operator, values, value }: SelectorDraft): string | undefined {
  const count = values?.length ?? 0;
  if (count > MOST_VALUES) return `must be at most ${MOST_VALUES}, found ${count}`;
  switch (operator) {
    case undefined:
      return count > 0 ? 'needs an operator: In or NotIn' : undefined;
    case 'In':
    case 'NotIn':
      return count === 0 && !value ? `must name at least one value for the operator ${operator}` : undefined;
    case 'Exists':
    case 'DoesNotExist':
      return count > 0 ? `must be empty for the operator ${operator}` : undefined;
  }
}

/** Our own answers carry `value` beside `operator` and `values`: fine while they say the same. */
function contradictingValue({ operator, value, values }: SelectorDraft): string | undefined {
  if (operator === undefined || !value) return undefined;
  if (operator === 'Exists' || operator === 'DoesNotExist')
    return `must be empty for the operator ${operator}`;
  if (values === undefined || values.length === 0) return undefined;
  return values.length === 1 && values[0] === value ? undefined : 'contradicts values: send one of the two';
}

function valuesOf({ value, values }: SelectorDraft): readonly string[] {
  if (values !== undefined && values.length > 0) return values;
  return value ? [value] : [];
}

function requirementOf(selector: SelectorDraft): LabelRequirement {
  const values = valuesOf(selector);
  return { key: selector.key, operator: selector.operator ?? (values.length > 0 ? 'In' : 'Exists'), values };
}

function namespaceFaults(namespaces: readonly string[]): Fault[] {
  return listFaults('k8sNamespace', namespaces, namespaceFault);
}

function listFaults(
  field: string,
  items: readonly string[],
  faultOf: (item: string) => string | undefined,
): Fault[] {
  if (items.length > MOST_NAMES)
    return [{ field, reason: `must be at most ${MOST_NAMES}, found ${items.length}` }];
  return items.flatMap((item, index) => {
    const reason = faultOf(item);
    return reason === undefined ? [] : [{ field: `${field}[${index}]`, reason }];
  });
}

function patternFaults(commandRegex: string): Fault[] {
  const result = compileCommandPattern(commandRegex);
  return result.ok ? [] : [{ field: 'commandRegex', reason: result.reason }];
}

function numberFaults({ priority, executionTime, precedence }: StrategyDraft): Fault[] {
  const faults: Fault[] = [];
  if (priority !== undefined && (priority < STRONGEST_PRIORITY || priority > WEAKEST_PRIORITY)) {
    const reason = `must be ${STRONGEST_PRIORITY} (strongest) to ${WEAKEST_PRIORITY} (weakest), found ${priority}`;
    faults.push({ field: 'priority', reason });
  }
  const isDefault = Number(executionTime) === 0;
  if (!isDefault && (executionTime < SHORTEST_SLICE_NS || executionTime > LONGEST_SLICE_NS)) {
    faults.push({
      field: 'executionTime',
      reason: `must be 0 (default slice) or ${SHORTEST_SLICE_NS} to ${LONGEST_SLICE_NS} ns, found ${executionTime}`,
    });
  }
  if (precedence < -LARGEST_PRECEDENCE || precedence > LARGEST_PRECEDENCE) {
    const reason = `must be ${-LARGEST_PRECEDENCE} to ${LARGEST_PRECEDENCE}, found ${precedence}`;
    faults.push({ field: 'precedence', reason });
  }
  return faults;
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
