import { merkleRootOf, type OldIntent } from './first-generation-merkle.js';

export interface FirstGenerationManagerOptions {
  readonly origin: string;
  /** The agents' public key: it stands in the manager's configuration. */
  readonly publicKeyPem: string;
  readonly clientId?: string;
}

/**
 * The first generation's manager as an agent meets it, from the public contract (parts 2, 6.1 and 9.9): a token is
 * asked for before every operation; sets go out whole, unordered and without a version; a DELETE goes by pod; every
 * 30 s the root is compared. Its recorded sides are its own answers, so the contract is all there is to go by.
 */
export class FirstGenerationManager {
  readonly #options: FirstGenerationManagerOptions;

  constructor(options: FirstGenerationManagerOptions) {
    this.#options = options;
  }

  /** Its token's text, or the reason why it got none, thrown. */
  async token(): Promise<string> {
    const { publicKeyPem, clientId = 'manager-client' } = this.#options;
    const body = {
      public_key: publicKeyPem,
      client_id: clientId,
      expired_at: Math.floor(Date.now() / 1_000) + 3_600,
    };
    const { data } = await this.#call('POST', '/api/v1/auth/token', body);
    const { token, expired_at } = data as { token?: unknown; expired_at?: unknown };
    if (typeof token !== 'string' || token === '' || !Number.isInteger(expired_at)) {
      throw new Error(`no token in ${JSON.stringify(data)}`);
    }
    return token;
  }

  async push(intents: readonly OldIntent[]): Promise<void> {
    await this.#operate('POST', '/api/v1/intents', { intents });
  }

  async root(): Promise<string> {
    const { data } = await this.#operate('GET', '/api/v1/intents/merkle');
    return (data as { rootHash: string }).rootHash;
  }

  async delete(request: { podId?: string; pid?: number; all?: boolean }): Promise<void> {
    await this.#operate('DELETE', '/api/v1/intents', request);
  }

  /** One pass of its loop for one agent. Answers whether anything had to be sent. */
  async reconcile(wanted: readonly OldIntent[]): Promise<boolean> {
    if ((await this.root()) === merkleRootOf(wanted)) return false;
    await (wanted.length === 0 ? this.delete({ all: true }) : this.push(wanted));
    return true;
  }

  async #operate(method: string, path: string, body?: unknown): Promise<{ data?: unknown }> {
    return this.#call(method, path, body, await this.token());
  }

  /** It goes by the status, then by `success`. */
  async #call(method: string, path: string, body?: unknown, token?: string): Promise<{ data?: unknown }> {
    const response = await fetch(`${this.#options.origin}${path}`, {
      method,
      headers: {
        'content-type': 'application/json',
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (response.status !== 200) throw new Error(`${method} ${path} answered ${response.status}: ${text}`);
    const answer = JSON.parse(text) as { success?: unknown; data?: unknown };
    if (answer.success !== true) throw new Error(`${method} ${path} answered ${text}`);
    return answer;
  }
}
