import {
  duplicate,
  type FieldError,
  faultIf,
  forbidden,
  invalidFor,
  invalidValue,
  notSupported,
} from '../../errors/field-error.js';
import { labelValueFaults, qualifiedNameFaults } from '../../objects/name-rules.js';
import { compareQuantities } from '../../objects/quantity.js';
import { TAINT_EFFECTS } from '../taint-effects.js';
import type { Node, Taint } from './node.js';

/** Faults of a node's taints. (The real API server reports them as if they were metadata.) */
export function taintFaults(taints: readonly Taint[]): readonly FieldError[] {
  return taints.flatMap((taint, index) => {
    const field = `metadata.taints[${index}]`;
    const { key, value = '', effect } = taint;
    const isTwin = taints.slice(0, index).some((other) => other.key === key && other.effect === effect);
    return [
      ...invalidFor(`${field}.key`, key, qualifiedNameFaults(key)),
      ...invalidFor(`${field}.value`, value, labelValueFaults(value)),
      ...faultIf(!TAINT_EFFECTS.includes(effect), notSupported(`${field}.effect`, effect, TAINT_EFFECTS)),
      ...faultIf(isTwin, duplicate(field, taint, 'taints must be unique by key and effect pair')),
    ];
  });
}

/** Faults of what a kubelet reports. */
export function nodeStatusFaults({ status }: Node): readonly FieldError[] {
  return (['capacity', 'allocatable'] as const).flatMap((list) =>
    Object.entries(status[list] ?? {}).flatMap(([name, amount]) =>
      faultIf(
        compareQuantities(amount, '0') < 0,
        invalidValue(`status.${list}.${name}`, amount, 'must be greater than or equal to 0'),
      ),
    ),
  );
}

/** Faults of a change of what is given to a node once. */
export function nodeUpdateFaults(next: Node, current: Node): readonly FieldError[] {
  const { podCIDRs = [], providerID } = current.spec;
  const rangeMoved = podCIDRs.length > 0 && podCIDRs.join() !== next.spec.podCIDRs?.join();
  const providerMoved = providerID !== undefined && providerID !== next.spec.providerID;
  const settled = (what: string) => `node updates may not change ${what} except from "" to valid`;
  return [
    ...faultIf(rangeMoved, forbidden('spec.podCIDRs', settled('podCIDR'))),
    ...faultIf(providerMoved, forbidden('spec.providerID', settled('providerID'))),
  ];
}
