import { type FieldError, faultIf, invalidValue, notSupported, oneOf } from '../errors/field-error.js';
import { invalidOptions } from '../errors/refusals.js';
import type { FieldValidation } from '../resources/decode-object.js';

export interface WriteOptions {
  readonly dryRun: boolean;
  readonly validation: FieldValidation;
}

const MAX_MANAGER_LENGTH = 128;
const VALIDATIONS = ['', 'Ignore', 'Strict', 'Warn'];

/** Reads the query parameters of a request that changes something. `optionsKind` is what faults are reported of. */
export function parseWriteOptions(
  query: URLSearchParams,
  optionsKind: 'CreateOptions' | 'UpdateOptions' | 'PatchOptions',
): WriteOptions {
  const dryRun = query.getAll('dryRun');
  const validation = query.get('fieldValidation') || 'Warn';
  const faults = [
    ...dryRunFaults(dryRun),
    ...managerFaults(query.get('fieldManager') ?? ''),
    ...oneOf('fieldValidation', validation, VALIDATIONS),
  ];
  if (faults.length > 0) throw invalidOptions(optionsKind, faults);
  return { dryRun: dryRun.length > 0, validation: validation as FieldValidation };
}

export function dryRunFaults(dryRun: readonly string[]): readonly FieldError[] {
  return faultIf(
    dryRun.some((value) => value !== 'All'),
    notSupported('dryRun', dryRun, ['All']),
  );
}

function managerFaults(manager: string): readonly FieldError[] {
  return [
    ...faultIf(
      manager.length > MAX_MANAGER_LENGTH,
      invalidValue('fieldManager', manager, `may not be more than ${MAX_MANAGER_LENGTH} bytes`),
    ),
    ...faultIf(
      /\p{Cc}/u.test(manager),
      invalidValue('fieldManager', manager, 'should only contain printable characters'),
    ),
  ];
}
