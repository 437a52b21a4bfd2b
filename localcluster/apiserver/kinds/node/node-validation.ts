import {
  duplicate,
  type FieldError,
  forbidden,
  invalidValue,
  notSupported,
} from '../../errors/field-error.js';
import { labelValueFaults, qualifiedNameFaults } from '../../objects/name-rules.js';
import { compareQuantities } from '../../objects/quantity.js';
import type { Node, Taint } from './node.js';

const TAINT_EFFECTS = ['NoSchedule', 'PreferNoSchedule', 'NoExecute'];

export function taintFaults(taints: readonly Taint[]): readonly FieldError[] {
  return taints.flatMap((taint, index) => {
    const field = `metadata.taints[${index}]`;
    const twin = taints
      .slice(0, index)
      .some((other) => other.key === taint.key && other.effect === taint.effect);
    return [
      ...qualifiedNameFaults(taint.key).map((fault) => invalidValue(`${field}.key`, taint.key, fault)),
      ...labelValueFaults(taint.value ?? '').map((fault) =>
        invalidValue(`${field}.value`, taint.value ?? '', fault),
      ),
      ...(TAINT_EFFECTS.includes(taint.effect)
        ? []
        : [notSupported(`${field}.effect`, taint.effect, TAINT_EFFECTS)]),
      ...(twin ? [duplicate(field, taint, 'taints must be unique by key and effect pair')] : []),
    ];
  });
}

export function nodeStatusFaults({ status }: Node): readonly FieldError[] {
  return (['capacity', 'allocatable'] as const).flatMap((list) =>
    Object.entries(status[list] ?? {})
      .filter(([, amount]) => compareQuantities(amount, '0') < 0)
      .map(([name, amount]) =>
        invalidValue(`status.${list}.${name}`, amount, 'must be greater than or equal to 0'),
      ),
  );
}

export function nodeUpdateFaults(next: Node, current: Node): readonly FieldError[] {
  const { podCIDRs: before = [], providerID } = current.spec;
  const { podCIDRs: after = [] } = next.spec;
  const moved = before.length > 0 && before.join() !== after.join();
  return [
    ...(moved
      ? [forbidden('spec.podCIDRs', 'node updates may not change podCIDR except from "" to valid')]
      : []),
    ...(providerID !== undefined && providerID !== next.spec.providerID
      ? [forbidden('spec.providerID', 'node updates may not change providerID except from "" to valid')]
      : []),
  ];
}
