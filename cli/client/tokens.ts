import { DomainError } from '../../shared/domain/domain-error.js';

/** What a sign-in or a refresh gives. */
export interface Tokens {
  readonly accessToken: string;
  /** Undefined from a manager that makes none. */
  readonly refreshToken: string | undefined;
  /** How long the access token is good for, from when it was made. */
  readonly lifetimeMs: number;
}

/** For a token that does not tell. */
const SHORTEST_LIFETIME_MS = 60_000;

/** Reads the answer of a sign-in. The lifetime needs no clock that agrees with the server's. */
export function tokensOf(data: unknown): Tokens {
  const { token, accessToken = token, refreshToken } = (data ?? {}) as Record<string, unknown>;
  if (typeof accessToken !== 'string' || accessToken === '') {
    throw new DomainError(
      'unavailable',
      'the server signed in without giving a token: is it a Podium manager?',
    );
  }
  const { exp, iat } = tokenClaims(accessToken);
  const lifetimeMs =
    typeof exp === 'number' && typeof iat === 'number' && exp > iat
      ? (exp - iat) * 1_000
      : SHORTEST_LIFETIME_MS;
  return {
    accessToken,
    refreshToken: typeof refreshToken === 'string' && refreshToken !== '' ? refreshToken : undefined,
    lifetimeMs,
  };
}

/** What a JWT says, not verified: for display and planning only. Empty for what is none. */
export function tokenClaims(token: string): Readonly<Record<string, unknown>> {
  try {
    const payload: unknown = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8'));
    return typeof payload === 'object' && payload !== null ? (payload as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
