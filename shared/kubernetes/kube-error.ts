import type { Dispatcher } from 'undici';
import type { KubeStatus } from './kube-object.js';

/** A refusal by the API server, with the status it gave. */
export class KubeError extends Error {
  override readonly name = 'KubeError';
  /** HTTP status, or the `code` of a Status object inside a stream. */
  readonly status: number;
  readonly reason: string | undefined;
  readonly retryAfterMs: number | undefined;

  constructor(status: number, message: string, reason?: string, retryAfterMs?: number) {
    super(message);
    this.status = status;
    this.reason = reason;
    this.retryAfterMs = retryAfterMs;
  }
}

/** More of a refusal's text than this helps nobody. */
const LONGEST_ERROR_TEXT = 2_000;

/** Hands through an answer with a 2xx status; throws the server's own message otherwise. */
export async function expectSuccess(response: Dispatcher.ResponseData): Promise<Dispatcher.ResponseData> {
  if (response.statusCode >= 200 && response.statusCode < 300) return response;
  const text = (await response.body.text()).slice(0, LONGEST_ERROR_TEXT);
  const { message, reason } = parseStatus(text);
  throw new KubeError(
    response.statusCode,
    `HTTP ${response.statusCode}: ${message ?? text}`,
    reason,
    retryAfterMs(response.headers['retry-after']),
  );
}

export function errorOfStatus(status: KubeStatus): KubeError {
  return new KubeError(status.code ?? 500, status.message ?? 'no message', status.reason);
}

function parseStatus(text: string): KubeStatus {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : {};
  } catch {
    return {};
  }
}

function retryAfterMs(header: string | string[] | undefined): number | undefined {
  const seconds = Number(header);
  return Number.isFinite(seconds) && seconds > 0 ? seconds * 1_000 : undefined;
}
