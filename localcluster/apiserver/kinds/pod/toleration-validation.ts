import { type FieldError, faultIf, invalidFor, invalidValue, oneOf } from '../../errors/field-error.js';
import { labelValueFaults, qualifiedNameFaults } from '../../objects/name-rules.js';
import { TAINT_EFFECTS } from '../taint-effects.js';
import type { Toleration } from './pod.js';

const OPERATORS = ['Equal', 'Exists'];
const MATCHES_ALL =
  'operator must be Exists when `key` is empty, which means "match all values and all keys"';
const NEEDS_NO_EXECUTE = "effect must be 'NoExecute' when `tolerationSeconds` is set";
const HAS_VALUE = "value must be empty when `operator` is 'Exists'";

/** Faults of what a pod puts up with. */
export function tolerationFaults(tolerations: readonly Toleration[]): readonly FieldError[] {
  return tolerations.flatMap((toleration, index) => {
    const { key = '', operator: given = '', value = '', effect, tolerationSeconds } = toleration;
    const field = `spec.tolerations[${index}]`;
    const operator = given === '' ? 'Equal' : given;
    const endlessEffect = tolerationSeconds !== undefined && effect !== 'NoExecute';
    return [
      ...(key === '' ? [] : invalidFor(`${field}.key`, key, qualifiedNameFaults(key))),
      ...faultIf(key === '' && operator !== 'Exists', invalidValue(`${field}.operator`, given, MATCHES_ALL)),
      ...faultIf(endlessEffect, invalidValue(`${field}.effect`, effect ?? '', NEEDS_NO_EXECUTE)),
      ...faultIf(operator === 'Exists' && value !== '', invalidValue(`${field}.operator`, value, HAS_VALUE)),
      ...(operator === 'Equal' ? invalidFor(`${field}.operator`, value, labelValueFaults(value)) : []),
      ...oneOf(`${field}.operator`, operator, OPERATORS),
      ...oneOf(`${field}.effect`, effect, TAINT_EFFECTS),
    ];
  });
}
