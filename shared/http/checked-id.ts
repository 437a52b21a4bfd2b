import { DomainError, type Fault, invalid } from '../domain/domain-error.js';
import { isHexId, noHexId } from '../domain/hex-id.js';

/** What the public API says of an id that cannot be one, where it has words of its own. */
export interface IdTexts {
  /** For an id that is not given, which is then a request that cannot be read. */
  readonly missing?: string;
  /** For a malformed one. */
  readonly malformed?: string;
}

/** The id, which is what a store may be asked for; refused otherwise. */
export function checkedId(field: string, id: string, { missing, malformed }: IdTexts = {}): string {
  if (id === '' && missing !== undefined) throw new DomainError('malformed', missing);
  const faults = idFaults(field, id);
  if (faults.length === 0) return id;
  throw malformed === undefined
    ? invalid(faults)
    : new DomainError('invalid', malformed, { details: faults });
}

/** At least one id, and all of them well-formed. */
export function checkedIds(field: string, ids: readonly string[], missing: string): readonly string[] {
  if (ids.length === 0) throw new DomainError('malformed', missing);
  const faults = ids.flatMap((id, index) => idFaults(`${field}[${index}]`, id));
  if (faults.length > 0) throw invalid(faults);
  return ids;
}

function idFaults(field: string, id: string): Fault[] {
  return isHexId(id) ? [] : [{ field, reason: noHexId(id) }];
}
