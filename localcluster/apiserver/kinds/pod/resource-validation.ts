import { type FieldError, faultIf, invalidFor, invalidValue, required } from '../../errors/field-error.js';
import { qualifiedNameFaults } from '../../objects/name-rules.js';
import { compareQuantities, isWholeQuantity } from '../../objects/quantity.js';
import type { ResourceRequirements } from './pod.js';

type Amounts = Readonly<Record<string, string>>;

const STANDARD_RESOURCES = ['cpu', 'memory', 'ephemeral-storage'];

/** Faults of what a container asks for and is limited to. */
export function resourceFaults(
  { limits = {}, requests = {} }: ResourceRequirements,
  field: string,
): readonly FieldError[] {
  return [
    ...amountFaults(limits, `${field}.limits`),
    ...amountFaults(requests, `${field}.requests`),
    ...Object.entries(requests).flatMap(([name, request]) => limitFaults(name, request, limits, field)),
  ];
}

function amountFaults(amounts: Amounts, field: string): readonly FieldError[] {
  return Object.entries(amounts).flatMap(([name, amount]) => {
    const at = `${field}[${name}]`;
    const isNegative = compareQuantities(amount, '0') < 0;
    const isPartOfDevice = isExtended(name) && !isWholeQuantity(amount);
    return [
      ...invalidFor(at, name, resourceNameFaults(name)),
      ...faultIf(isNegative, invalidValue(at, amount, 'must be greater than or equal to 0')),
      ...faultIf(isPartOfDevice, invalidValue(at, amount, 'must be an integer')),
    ];
  });
}

function resourceNameFaults(name: string): readonly string[] {
  if (name.includes('/')) return qualifiedNameFaults(name);
  if (STANDARD_RESOURCES.includes(name) || name.startsWith('hugepages-')) return [];
  return [
    'must be a standard resource type or fully qualified',
    'must be a standard resource for containers',
  ];
}

/** Resources that a device or an operator adds, such as `example.com/gpu`. They are never shared. */
function isExtended(name: string): boolean {
  return name.includes('/') && !name.startsWith('kubernetes.io/');
}

function limitFaults(name: string, request: string, limits: Amounts, field: string): readonly FieldError[] {
  const limit = Object.hasOwn(limits, name) ? limits[name] : undefined;
  const extended = isExtended(name);
  if (limit === undefined) {
    const detail = 'Limit must be set for non overcommitable resources';
    return faultIf(extended, required(`${field}.limits`, detail));
  }
  const difference = compareQuantities(request, limit);
  const rule = extended ? 'equal to' : 'less than or equal to';
  return faultIf(
    extended ? difference !== 0 : difference > 0,
    invalidValue(`${field}.requests`, request, `must be ${rule} ${name} limit of ${limit}`),
  );
}
