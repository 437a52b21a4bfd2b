import { type FieldError, forbidden, notSupported } from '../errors/field-error.js';
import { badRequest, invalidOptions } from '../errors/refusals.js';

/** The query parameters of a list or watch. Absent texts are empty. */
export interface ListOptions {
  readonly watch: boolean;
  readonly labelSelector: string;
  readonly fieldSelector: string;
  /** 0 = no limit. */
  readonly limit: number;
  readonly continueToken: string;
  readonly resourceVersion: string;
  readonly resourceVersionMatch: string;
  readonly allowWatchBookmarks: boolean;
  readonly sendInitialEvents: boolean | undefined;
  readonly timeoutSec: number | undefined;
}

/** Reads the parameters and refuses combinations that mean nothing, in the words of the real API server. */
export function parseListOptions(query: URLSearchParams): ListOptions {
  const options: ListOptions = {
    watch: flag(query, 'watch') ?? false,
    labelSelector: query.get('labelSelector') ?? '',
    fieldSelector: query.get('fieldSelector') ?? '',
    limit: Math.max(0, integer(query, 'limit') ?? 0),
    continueToken: query.get('continue') ?? '',
    resourceVersion: query.get('resourceVersion') ?? '',
    resourceVersionMatch: query.get('resourceVersionMatch') ?? '',
    allowWatchBookmarks: flag(query, 'allowWatchBookmarks') ?? false,
    sendInitialEvents: flag(query, 'sendInitialEvents'),
    timeoutSec: integer(query, 'timeoutSeconds'),
  };
  const faults = options.watch ? watchFaults(options) : listFaults(options);
  if (faults.length > 0) throw invalidOptions('ListOptions', faults);
  return options;
}

/** A flag is raised by any value but these. */
function flag(query: URLSearchParams, name: string): boolean | undefined {
  const text = query.get(name);
  return text === null ? undefined : !['false', '0'].includes(text.toLowerCase());
}

function integer(query: URLSearchParams, name: string): number | undefined {
  const text = query.get(name) ?? '';
  if (text === '') return undefined;
  if (/^[+-]?\d{1,15}$/.test(text)) return Number(text);
  throw badRequest(`strconv.ParseInt: parsing ${JSON.stringify(text)}: invalid syntax`);
}

const MATCH = 'resourceVersionMatch';

function listFaults(options: ListOptions): readonly FieldError[] {
  const { resourceVersionMatch: match, resourceVersion, continueToken, sendInitialEvents } = options;
  if (sendInitialEvents !== undefined) {
    return [forbidden('sendInitialEvents', 'sendInitialEvents is forbidden for list')];
  }
  if (match === '') return [];
  if (resourceVersion === '') {
    return [forbidden(MATCH, 'resourceVersionMatch is forbidden unless resourceVersion is provided')];
  }
  return [
    ...(continueToken === ''
      ? []
      : [forbidden(MATCH, 'resourceVersionMatch is forbidden when continue is provided')]),
    ...(match === 'Exact' || match === 'NotOlderThan'
      ? []
      : [notSupported(MATCH, match, ['Exact', 'NotOlderThan', ''])]),
    ...(match === 'Exact' && resourceVersion === '0'
      ? [forbidden(MATCH, 'resourceVersionMatch "exact" is forbidden for resourceVersion "0"')]
      : []),
  ];
}

function watchFaults(options: ListOptions): readonly FieldError[] {
  const { resourceVersionMatch: match, continueToken, sendInitialEvents } = options;
  if (match !== '' && sendInitialEvents === undefined) {
    return [
      forbidden(MATCH, 'resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided'),
    ];
  }
  if (sendInitialEvents === undefined) return [];
  return [
    ...(match === 'NotOlderThan'
      ? []
      : [forbidden(MATCH, 'sendInitialEvents requires setting resourceVersionMatch to NotOlderThan')]),
    ...(match === '' || match === 'NotOlderThan' ? [] : [notSupported(MATCH, match, ['NotOlderThan'])]),
    ...(continueToken === ''
      ? []
      : [forbidden(MATCH, 'resourceVersionMatch is forbidden when continue is provided')]),
  ];
}
