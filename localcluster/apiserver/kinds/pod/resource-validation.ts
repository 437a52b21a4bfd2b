import { type FieldError, invalidValue, required } from '../../errors/field-error.js';
import { qualifiedNameFaults } from '../../objects/name-rules.js';
import { compareQuantities, isWholeQuantity } from '../../objects/quantity.js';
import type { ResourceRequirements } from './pod.js';

const STANDARD_RESOURCES = ['cpu', 'memory', 'ephemeral-storage'];

/** Faults of what a container asks for and is limited to. */
export function resourceFaults(
  { limits = {}, requests = {} }: ResourceRequirements,
  field: string,
): readonly FieldError[] {
  return [
    ...amountFaults(limits, `${field}.limits`),
    ...amountFaults(requests, `${field}.requests`),
    ...limitFaults(limits, requests, field),
  ];
}

function amountFaults(amounts: Readonly<Record<string, string>>, field: string): readonly FieldError[] {
  return Object.entries(amounts).flatMap(([name, amount]) => {
    const at = `${field}[${name}]`;
    const whole = isExtended(name) && !isWholeQuantity(amount);
    return [
      ...resourceNameFaults(name).map((fault) => invalidValue(at, name, fault)),
      ...(compareQuantities(amount, '0') < 0
        ? [invalidValue(at, amount, 'must be greater than or equal to 0')]
        : []),
      ...(whole ? [invalidValue(at, amount, 'must be an integer')] : []),
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

function limitFaults(
  limits: Readonly<Record<string, string>>,
  requests: Readonly<Record<string, string>>,
  field: string,
): readonly FieldError[] {
  return Object.entries(requests).flatMap(([name, request]) => {
    const limit = Object.hasOwn(limits, name) ? limits[name] : undefined;
    if (limit === undefined) {
      return isExtended(name)
        ? [required(`${field}.limits`, 'Limit must be set for non overcommitable resources')]
        : [];
    }
    if (isExtended(name) && compareQuantities(request, limit) !== 0) {
      return [invalidValue(`${field}.requests`, request, `must be equal to ${name} limit of ${limit}`)];
    }
    return compareQuantities(request, limit) > 0
      ? [
          invalidValue(
            `${field}.requests`,
            request,
            `must be less than or equal to ${name} limit of ${limit}`,
          ),
        ]
      : [];
  });
}
