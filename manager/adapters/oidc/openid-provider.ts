import {
  AuthorizationResponseError,
  allowInsecureRequests,
  authorizationCodeGrant,
  buildAuthorizationUrl,
  type ClientAuth,
  ClientSecretBasic,
  ClientSecretPost,
  type Configuration,
  calculatePKCECodeChallenge,
  clockTolerance,
  customFetch,
  discovery,
  enableNonRepudiationChecks,
  fetchUserInfo,
  None,
  ResponseBodyError,
} from 'openid-client';
import { DomainError, messageOf } from '../../../shared/domain/domain-error.js';
import type { Clock } from '../../../shared/lifecycle/clock.js';
import type { Logger } from '../../../shared/observability/logger.js';
import type { IdentityProvider, ProvenIdentity, SignInChallenge } from '../../ports/identity-provider.js';
import { LimitedFetch } from './limited-fetch.js';

export interface OpenIdProviderOptions {
  readonly issuer: string;
  readonly clientId: string;
  /** Empty for a public client. */
  readonly clientSecret: string;
  readonly redirectUrl: string;
  readonly scopes: readonly string[];
  /** What is wanted of the claims; asked for at the userinfo endpoint where the ID token has not all of them. */
  readonly wantedClaims: readonly string[];
  readonly clockToleranceSec: number;
  readonly timeoutMs: number;
  /** Plain http to the issuer. */
  readonly insecure: boolean;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** How long an issuer that did not answer is left alone: every sign-in would wait for the whole time limit. */
const RETRY_AFTER_MS = 2_000;
/** How long the discovery document is used. Keys are read again far more often, by the library. */
const KEEP_MS = 60 * 60 * 1_000;

/** An issuer by OpenID Connect discovery, asked for the first time when somebody signs in. */
export class OpenIdProvider implements IdentityProvider {
  readonly #options: OpenIdProviderOptions;
  readonly #fetch: LimitedFetch;
  #known: { readonly configuration: Promise<Configuration>; readonly untilMs: number } | undefined;

  constructor(options: OpenIdProviderOptions) {
    this.#options = options;
    this.#fetch = new LimitedFetch(options.timeoutMs);
  }

  async authorizationUrl({ state, nonce, codeVerifier }: SignInChallenge): Promise<string> {
    const { redirectUrl, scopes } = this.#options;
    const url = buildAuthorizationUrl(await this.#configuration(), {
      redirect_uri: redirectUrl,
      scope: scopes.join(' '),
      state,
      nonce,
      code_challenge: await calculatePKCECodeChallenge(codeVerifier),
      code_challenge_method: 'S256',
    });
    return url.href;
  }

  async redeem(
    answer: Readonly<Record<string, string>>,
    challenge: SignInChallenge,
  ): Promise<ProvenIdentity> {
    const configuration = await this.#configuration();
    const url = new URL(this.#options.redirectUrl);
    url.search = new URLSearchParams(answer).toString();
    try {
      const tokens = await authorizationCodeGrant(configuration, url, {
        expectedState: challenge.state,
        expectedNonce: challenge.nonce,
        pkceCodeVerifier: challenge.codeVerifier,
        idTokenExpected: true,
      });
      const claims = tokens.claims();
      if (claims === undefined) throw new DomainError('unauthenticated', 'the issuer gave no ID token');
      const more = await this.#moreClaims(configuration, claims, tokens.access_token);
      return { issuer: claims.iss, subject: claims.sub, claims: { ...more, ...claims } };
    } catch (error) {
      throw this.#refusal(error);
    }
  }

  close(): Promise<void> {
    return this.#fetch.close();
  }

  async #moreClaims(
    configuration: Configuration,
    claims: { readonly sub: string },
    accessToken: string,
  ): Promise<Readonly<Record<string, unknown>>> {
    const isMissing = this.#options.wantedClaims.some((name) => !Object.hasOwn(claims, name));
    if (!isMissing || configuration.serverMetadata().userinfo_endpoint === undefined) return {};
    return { ...(await fetchUserInfo(configuration, accessToken, claims.sub)) };
  }

  /** One discovery for all who wait for it. */
  async #configuration(): Promise<Configuration> {
    const now = this.#options.clock.monotonicMs();
    if (this.#known === undefined || this.#known.untilMs <= now) {
      this.#known = { configuration: this.#discover(), untilMs: now + KEEP_MS };
    }
    return this.#known.configuration;
  }

  async #discover(): Promise<Configuration> {
    const { issuer, clientId, clientSecret, clockToleranceSec, insecure, timeoutMs } = this.#options;
    try {
      return await discovery(
        new URL(issuer),
        clientId,
        { [clockTolerance]: clockToleranceSec },
        clientSecret === '' ? None() : secretAuthentication(clientSecret),
        {
          // Without the second one the library trusts an ID token for the connection that it came by.
          execute: insecure
            ? [allowInsecureRequests, enableNonRepudiationChecks]
            : [enableNonRepudiationChecks],
          [customFetch]: (url, request) => this.#fetch.send(url, request),
          timeout: timeoutMs / 1_000,
        },
      );
    } catch (error) {
      const reason = reasonOf(error);
      this.#options.logger.warn({ issuer, reason }, 'the identity provider cannot be asked');
      const untilMs = this.#options.clock.monotonicMs() + RETRY_AFTER_MS;
      const refusal = unavailable(reason, error);
      const configuration = Promise.reject(refusal);
      configuration.catch(() => {});
      this.#known = { configuration, untilMs };
      throw refusal;
    }
  }

  #refusal(error: unknown): DomainError {
    if (error instanceof DomainError) return error;
    const reason = reasonOf(error);
    this.#options.logger.warn({ reason }, 'an answer of the identity provider was refused');
    const code = (error as { readonly code?: unknown } | null)?.code;
    // It signs with a new key, perhaps: everything about it is read again for the next one.
    if (code === 'OAUTH_KEY_SELECTION_FAILED') this.#known = undefined;
    if (isOutage(error, code)) return unavailable(reason, error);
    return new DomainError(
      'unauthenticated',
      `the identity provider's answer was refused: ${reason}; sign in again`,
      {
        cause: error,
      },
    );
  }
}

/** As the issuer's metadata has it; Basic where it says nothing (OpenID Connect Discovery 1.0, 3). */
function secretAuthentication(secret: string): ClientAuth {
  const basic = ClientSecretBasic(secret);
  const post = ClientSecretPost(secret);
  return (server, client, body, headers) => {
    const methods = server.token_endpoint_auth_methods_supported ?? ['client_secret_basic'];
    return (methods.includes('client_secret_basic') ? basic : post)(server, client, body, headers);
  };
}

function isOutage(error: unknown, code: unknown): boolean {
  if (error instanceof ResponseBodyError) return error.status >= 500;
  if (error instanceof AuthorizationResponseError) return error.error === 'temporarily_unavailable';
  return code === 'OAUTH_TIMEOUT' || code === 'OAUTH_RESPONSE_IS_NOT_CONFORM' || isNetworkFailure(error);
}

function isNetworkFailure(error: unknown): boolean {
  const cause = error instanceof Error ? error.cause : undefined;
  return [error, cause].some(
    (candidate) =>
      candidate instanceof Error &&
      (candidate.name === 'TimeLimitReached' || candidate.message === 'fetch failed'),
  );
}

/** The innermost reason helps most, such as ECONNREFUSED; no answer's text, which may be anything. */
function reasonOf(error: unknown): string {
  if (error instanceof ResponseBodyError) return `${error.error} (status ${error.status})`;
  if (error instanceof AuthorizationResponseError) return error.error;
  const outer = messageOf(error);
  let inner: unknown = error;
  while (inner instanceof Error && inner.cause instanceof Error) inner = inner.cause;
  const reason = messageOf(inner);
  return inner === error || reason === outer ? outer : `${outer}: ${reason}`;
}

function unavailable(reason: string, cause: unknown): DomainError {
  return new DomainError(
    'unavailable',
    `the identity provider cannot be asked (${reason}): try again later, or sign in with a password`,
    { cause },
  );
}
