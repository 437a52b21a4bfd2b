import { request } from 'undici';
import { DomainError } from '../../shared/domain/domain-error.js';
import { withinTime } from '../../shared/lifecycle/within-time.js';

const REQUEST_TIMEOUT_MS = 5_000;

/** Whether a program answers on its port. Rejects when nothing does. */
export async function isHealthy(origin: string, signal: AbortSignal): Promise<boolean> {
  return withinTime(REQUEST_TIMEOUT_MS, signal, async (limited) => {
    const response = await request(`${origin}/health`, { signal: limited });
    await response.body.dump();
    return response.statusCode === 200;
  });
}

/** How many sets a manager has had acknowledged since it started, which anybody may ask. */
export async function acknowledgedSets(origin: string, signal: AbortSignal): Promise<number> {
  return withinTime(REQUEST_TIMEOUT_MS, signal, async (limited) => {
    const response = await request(`${origin}/metrics`, { signal: limited });
    const text = await response.body.text();
    return Number(/^podium_set_delivery_seconds_count (\d+)$/m.exec(text)?.[1] ?? 0);
  });
}

/** Calls a manager's API as one user. Answers come without their envelope; refusals are rejections. */
export class ManagerClient {
  readonly #origin: string;
  #token = '';

  constructor(origin: string) {
    this.#origin = origin;
  }

  async login(username: string, password: string, signal: AbortSignal): Promise<void> {
    const { token } = await this.call<{ token: string }>('POST', '/api/v1/auth/login', signal, {
      username,
      password,
    });
    this.#token = token;
  }

  async call<Data>(
    method: 'GET' | 'POST' | 'PUT' | 'DELETE',
    path: string,
    signal: AbortSignal,
    body?: object,
  ): Promise<Data> {
    return withinTime(REQUEST_TIMEOUT_MS, signal, async (limited) => {
      const response = await request(this.#origin + path, {
        method,
        headers: { authorization: `Bearer ${this.#token}` },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        signal: limited,
      });
      const answer = (await response.body.json()) as { data?: Data; error?: string };
      if (response.statusCode === 200) return answer.data as Data;
      throw new DomainError(
        response.statusCode === 401 ? 'unauthenticated' : 'unavailable',
        `the manager answered ${response.statusCode} to ${method} ${path}: ${answer.error ?? 'without a reason'}`,
      );
    });
  }
}
