import { DomainError } from '../../shared/domain/domain-error.js';
import type { Clock } from '../../shared/lifecycle/clock.js';
import type { TokenSource } from './api-client.js';
import {
  type Credentials,
  type CredentialsFile,
  type SavedSession,
  withSession,
} from './credentials-file.js';
import { Refusal } from './refusal.js';
import { type Tokens, tokensOf } from './tokens.js';

/** A token is replaced when less than this is left of it, or half its life if that is less. */
const MARGIN_MS = 60_000;

export interface SavedTokensOptions {
  readonly file: CredentialsFile;
  /** Its URL. */
  readonly server: string;
  /** Asks the server for the next pair. Must end by itself: it is not broken off, so that the new pair is kept. */
  readonly refresh: (refreshToken: string) => Promise<unknown>;
  readonly clock: Clock;
}

/**
 * The session kept from the sign-in. A refresh token is good once, and the server ends the session when it sees one
 * twice; so a command refreshes under the file's lock, after looking whether another one has just done it.
 */
export class SavedTokens implements TokenSource {
  readonly #options: SavedTokensOptions;

  constructor(options: SavedTokensOptions) {
    this.#options = options;
  }

  async current(): Promise<string> {
    const session = this.#sessionIn(await this.#options.file.read());
    if (this.#isFresh(session)) return session.accessToken;
    return await this.#refreshed((found) => !this.#isFresh(found));
  }

  async renewed(refused: string): Promise<string | undefined> {
    const session = this.#sessionIn(await this.#options.file.read());
    if (session.refreshToken === undefined && session.accessToken === refused) return undefined;
    return this.#refreshed(({ accessToken }) => accessToken === refused);
  }

  #isFresh({ validUntil, refreshToken }: SavedSession): boolean {
    return refreshToken === undefined || validUntil > this.#options.clock.now();
  }

  async #refreshed(isNeeded: (session: SavedSession) => boolean): Promise<string> {
    const { file, server } = this.#options;
    let ended: unknown;
    const after = await file.change(async (credentials) => {
      const session = this.#sessionIn(credentials);
      if (!isNeeded(session) || session.refreshToken === undefined) return credentials;
      try {
        const tokens = tokensOf(await this.#options.refresh(session.refreshToken));
        return withSession(credentials, server, continued(session, tokens, this.#options.clock.now()));
      } catch (error) {
        if (!(error instanceof Refusal) || error.facts.status !== 401) throw error;
        ended = error;
        return withSession(credentials, server, undefined);
      }
    });
    if (ended !== undefined) {
      const message = `your session at ${server} has ended: sign in again with \`podium login --server ${server}\``;
      throw new DomainError('unauthenticated', message, { cause: ended });
    }
    return this.#sessionIn(after).accessToken;
  }

  #sessionIn(credentials: Credentials): SavedSession {
    const session = credentials.servers[this.#options.server];
    if (session !== undefined) return session;
    const elsewhere = Object.keys(credentials.servers);
    throw new DomainError(
      'unauthenticated',
      `you are not signed in at ${this.#options.server}: \`podium login --server ${this.#options.server}\`` +
        (elsewhere.length === 0 ? '' : `, or name another server with --server: ${elsewhere.join(', ')}`),
    );
  }
}

/** What is kept once a server has given tokens, but for what was said at the sign-in. */
export function continued<Kept extends object>(
  kept: Kept,
  { accessToken, refreshToken, lifetimeMs }: Tokens,
  nowMs: number,
): Kept & Pick<SavedSession, 'accessToken' | 'validUntil'> {
  const margin = Math.min(MARGIN_MS, lifetimeMs / 2);
  return {
    ...kept,
    accessToken,
    validUntil: nowMs + lifetimeMs - margin,
    ...(refreshToken === undefined ? {} : { refreshToken }),
  };
}

/** A token given by the environment, for programs: it is used as it is. */
export class GivenToken implements TokenSource {
  readonly #token: string;

  constructor(token: string) {
    this.#token = token;
  }

  async current(): Promise<string> {
    return this.#token;
  }

  async renewed(): Promise<undefined> {
    return undefined;
  }
}
