import { type FieldError, faultIf, forbidden, invalidValue } from '../errors/field-error.js';
import { parseInteger } from '../resources/query-values.js';

/** Parameters that are handed on to the kubelet as they are. */
const PASSED_ON = [
  'follow',
  'previous',
  'timestamps',
  'sinceSeconds',
  'sinceTime',
  'tailLines',
  'limitBytes',
];

/** Faults of a request for logs. Throws a 400 refusal for what is no number. */
export function logOptionFaults(query: URLSearchParams): readonly FieldError[] {
  const bothSince = query.has('sinceSeconds') && query.has('sinceTime');
  return [
    ...leastFaults(query, 'sinceSeconds', 1, 'must be greater than 0'),
    ...leastFaults(query, 'tailLines', 0, 'must be greater than or equal to 0'),
    ...leastFaults(query, 'limitBytes', 1, 'must be greater than 0'),
    ...faultIf(bothSince, forbidden('[]', 'at most one of `sinceTime` or `sinceSeconds` may be specified')),
  ];
}

function leastFaults(
  query: URLSearchParams,
  name: string,
  least: number,
  detail: string,
): readonly FieldError[] {
  const count = parseInteger(query, name) ?? least;
  return faultIf(count < least, invalidValue(name, count, detail));
}

/** What of a request for logs the kubelet is told. */
export function kubeletLogQuery(query: URLSearchParams): URLSearchParams {
  const passed = new URLSearchParams();
  for (const name of PASSED_ON) {
    const value = query.get(name);
    if (value !== null) passed.set(name, value);
  }
  return passed;
}
