import type { Fault } from '../../shared/domain/domain-error.js';
import {
  type LabelOperator,
  type LabelRequirement,
  labelKeyFault,
  labelValueFault,
} from '../../shared/domain/label-selector.js';

/** A label selector as people write it: `{key, value}`, or with an operator and values. */
export interface SelectorDraft {
  readonly key: string;
  /** Equality; empty or missing = the key exists. */
  readonly value?: string | undefined;
  readonly operator?: LabelOperator | undefined;
  readonly values?: readonly string[] | undefined;
}

const MOST_SELECTORS = 32;
const MOST_VALUES = 64;

/** Every fault of a list of selectors; `listName` is what the list is called in the body. */
export function selectorFaults(listName: string, selectors: readonly SelectorDraft[]): Fault[] {
  if (selectors.length > MOST_SELECTORS) {
    return [{ field: listName, reason: `must be at most ${MOST_SELECTORS}, found ${selectors.length}` }];
  }
  return selectors.flatMap((selector, index) => {
    const field = `${listName}[${index}]`;
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

/** What a selector without faults means. */
export function requirementOf(selector: SelectorDraft): LabelRequirement {
  const values = valuesOf(selector);
  return { key: selector.key, operator: selector.operator ?? (values.length > 0 ? 'In' : 'Exists'), values };
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
