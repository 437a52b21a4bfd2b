import { DomainError, messageOf } from '../../../shared/domain/domain-error.js';
import { withinTime } from '../../../shared/lifecycle/within-time.js';
import {
  daemonConfig,
  type RuntimeConfig,
  type RuntimeStatus,
  statusFromReport,
} from '../../domain/runtime-config.js';
import type { SchedulerDaemon } from '../../ports/scheduler-daemon.js';
import { type SmallAnswer, smallRequest } from './small-request.js';

export interface HttpSchedulerDaemonOptions {
  /** Without a slash at its end. */
  readonly endpoint: string;
  readonly timeoutMs: number;
}

/** Shortest time that the public program gives its daemon (contract 2.8). */
const SHORTEST_TIMEOUT_SEC = 5;

/** How long the daemon may take, from the configured time in seconds. */
export function daemonTimeoutMs(timeoutSec: number): number {
  return Math.max(timeoutSec, SHORTEST_TIMEOUT_SEC) * 1_000;
}

/** The daemon over its control port (contract 2.8, 3.8). */
export class HttpSchedulerDaemon implements SchedulerDaemon {
  readonly #options: HttpSchedulerDaemonOptions;

  constructor(options: HttpSchedulerDaemonOptions) {
    this.#options = options;
  }

  async apply(config: RuntimeConfig, signal: AbortSignal): Promise<void> {
    const body = JSON.stringify(daemonConfig(config));
    const { text } = await this.#call('POST', '/api/v1/runtime-config', signal, body);
    if (text.trim() === '') return;
    const answer = objectOf(text);
    if (answer === undefined) throw failed(`it answered something else than JSON: ${excerpt(text)}`);
    if (answer.success === false) throw failed(`it refused: ${excerpt(String(answer.error ?? text))}`);
  }

  async status(signal: AbortSignal): Promise<RuntimeStatus> {
    const { text } = await this.#call('GET', '/api/v1/status', signal);
    const answer = objectOf(text);
    const status = answer?.success === false ? undefined : statusFromReport(answer?.data);
    if (status === undefined) throw failed(`it answered no status: ${excerpt(text)}`);
    return status;
  }

  async #call(
    method: 'GET' | 'POST',
    path: string,
    signal: AbortSignal,
    body?: string,
  ): Promise<SmallAnswer> {
    const { endpoint, timeoutMs } = this.#options;
    let answer: SmallAnswer;
    try {
      const url = new URL(`${endpoint}${path}`);
      answer = await withinTime(timeoutMs, signal, (limited) =>
        smallRequest({ method, url, signal: limited, ...(body === undefined ? {} : { body }) }).catch(
          (error) => {
            throw limited.aborted ? limited.reason : error;
          },
        ),
      );
    } catch (error) {
      throw failed(messageOf(error), error);
    }
    if (answer.status === 200) return answer;
    throw failed(`it answered ${method} ${path} with ${answer.status}: ${excerpt(answer.text)}`);
  }
}

function failed(reason: string, cause?: unknown): DomainError {
  return new DomainError('unavailable', `the scheduler's daemon: ${reason}`, { cause });
}

const MAX_EXCERPT = 200;

function excerpt(text: string): string {
  return text.length <= MAX_EXCERPT ? text.trim() : `${text.slice(0, MAX_EXCERPT)}...`;
}

function objectOf(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Readonly<Record<string, unknown>>)
      : undefined;
  } catch {
    return undefined;
  }
}
