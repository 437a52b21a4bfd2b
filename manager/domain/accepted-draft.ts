import { type Fault, invalid } from '../../shared/domain/domain-error.js';

/** What a check of a draft says: something good, or every fault. */
type Checked<Good extends { readonly ok: true }> =
  | Good
  | { readonly ok: false; readonly faults: readonly Fault[] };

/**
 * What a check made of a draft. Refused with all of its faults, and with the keys of the body that nobody knows: a typo
 * must not widen a match or a right (DESIGN 3).
 */
export function accepted<Good extends { readonly ok: true }>(
  checked: Checked<Good>,
  unknownKeys: readonly string[],
): Good {
  const faults: Fault[] = unknownKeys.map((field) => ({ field, reason: 'is not a known key' }));
  if (!checked.ok) faults.push(...checked.faults);
  if (faults.length > 0 || !checked.ok) throw invalid(faults);
  return checked;
}
