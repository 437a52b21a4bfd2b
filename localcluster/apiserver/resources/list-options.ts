import { type FieldError, faultIf, forbidden, oneOf } from '../errors/field-error.js';
import { invalidOptions } from '../errors/refusals.js';
import { parseFlag, parseInteger } from './query-values.js';

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
    watch: parseFlag(query, 'watch') ?? false,
    labelSelector: query.get('labelSelector') ?? '',
    fieldSelector: query.get('fieldSelector') ?? '',
    limit: Math.max(0, parseInteger(query, 'limit') ?? 0),
    continueToken: query.get('continue') ?? '',
    resourceVersion: query.get('resourceVersion') ?? '',
    resourceVersionMatch: query.get('resourceVersionMatch') ?? '',
    allowWatchBookmarks: parseFlag(query, 'allowWatchBookmarks') ?? false,
    sendInitialEvents: parseFlag(query, 'sendInitialEvents'),
    timeoutSec: parseInteger(query, 'timeoutSeconds'),
  };
  const faults = options.watch ? watchFaults(options) : listFaults(options);
  if (faults.length > 0) throw invalidOptions('ListOptions', faults);
  return options;
}

const MATCH = 'resourceVersionMatch';
const MATCH_WITH_CONTINUE = forbidden(MATCH, 'resourceVersionMatch is forbidden when continue is provided');

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
    ...faultIf(continueToken !== '', MATCH_WITH_CONTINUE),
    ...oneOf(MATCH, match, ['Exact', 'NotOlderThan', '']),
    ...faultIf(
      match === 'Exact' && resourceVersion === '0',
      forbidden(MATCH, 'resourceVersionMatch "exact" is forbidden for resourceVersion "0"'),
    ),
  ];
}

function watchFaults(options: ListOptions): readonly FieldError[] {
  const { resourceVersionMatch: match, continueToken, sendInitialEvents } = options;
  if (sendInitialEvents === undefined) {
    const detail = 'resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided';
    return faultIf(match !== '', forbidden(MATCH, detail));
  }
  const detail = 'sendInitialEvents requires setting resourceVersionMatch to NotOlderThan';
  return [
    ...faultIf(match !== 'NotOlderThan', forbidden(MATCH, detail)),
    ...oneOf(MATCH, match || undefined, ['NotOlderThan']),
    ...faultIf(continueToken !== '', MATCH_WITH_CONTINUE),
  ];
}
