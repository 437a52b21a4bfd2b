import { invalid } from '../../../shared/domain/domain-error.js';

/** Which part of a container's log is asked for (core/v1 PodLogOptions). */
export interface LogQuery {
  readonly follow: boolean;
  readonly previous: boolean;
  readonly timestamps: boolean;
  readonly tailLines?: number;
  readonly limitBytes?: number;
  /** Only lines at or after it; Unix milliseconds. */
  readonly sinceMs?: number;
}

/** Reads the query of a log request. Throws `invalid` naming the parameter that cannot be read. */
export function parseLogQuery(query: URLSearchParams, nowMs: number): LogQuery {
  const tailLines = count(query, 'tailLines', 0);
  const limitBytes = count(query, 'limitBytes', 1);
  const sinceMs = sinceOf(query, nowMs);
  return {
    follow: flag(query, 'follow'),
    previous: flag(query, 'previous'),
    timestamps: flag(query, 'timestamps'),
    ...(tailLines === undefined ? {} : { tailLines }),
    ...(limitBytes === undefined ? {} : { limitBytes }),
    ...(sinceMs === undefined ? {} : { sinceMs }),
  };
}

function flag(query: URLSearchParams, field: string): boolean {
  const text = query.get(field) ?? 'false';
  if (['true', '1', ''].includes(text)) return true;
  if (['false', '0'].includes(text)) return false;
  throw invalid([{ field, reason: `must be true or false, found ${JSON.stringify(text)}` }]);
}

function count(query: URLSearchParams, field: string, least: number): number | undefined {
  const text = query.get(field);
  if (text === null) return undefined;
  const value = /^\d{1,15}$/.test(text) ? Number(text) : -1;
  if (value >= least) return value;
  throw invalid([
    { field, reason: `must be a whole number from ${least} up, found ${JSON.stringify(text)}` },
  ]);
}

function sinceOf(query: URLSearchParams, nowMs: number): number | undefined {
  const seconds = count(query, 'sinceSeconds', 1);
  const time = query.get('sinceTime');
  if (seconds !== undefined && time !== null) {
    throw invalid([{ field: 'sinceTime', reason: 'only one of sinceTime and sinceSeconds may be given' }]);
  }
  if (seconds !== undefined) return nowMs - seconds * 1_000;
  if (time === null) return undefined;
  const ms = Date.parse(time);
  if (!Number.isNaN(ms)) return ms;
  throw invalid([{ field: 'sinceTime', reason: `must be an RFC 3339 time, found ${JSON.stringify(time)}` }]);
}
