import { badRequest } from '../errors/refusals.js';

/** A flag of a query: raised by any value but `false` and `0`; undefined when it is not there. */
export function parseFlag(query: URLSearchParams, name: string): boolean | undefined {
  const text = query.get(name);
  return text === null ? undefined : !['false', '0'].includes(text.toLowerCase());
}

/** A whole number of a query; undefined when it is not there or empty. Throws a 400 refusal for anything else. */
export function parseInteger(query: URLSearchParams, name: string): number | undefined {
  const text = query.get(name) ?? '';
  if (text === '') return undefined;
  if (/^[+-]?\d{1,15}$/.test(text)) return Number(text);
  throw badRequest(`strconv.ParseInt: parsing ${JSON.stringify(text)}: invalid syntax`);
}
