import type { ExternalIdentity } from '../domain/user.js';

/** What ties the answer of an issuer to the question; secrets of one sign-in. */
export interface SignInChallenge {
  readonly state: string;
  readonly nonce: string;
  /** Of PKCE (RFC 7636). */
  readonly codeVerifier: string;
}

/** Somebody whom the issuer vouches for. */
export interface ProvenIdentity extends ExternalIdentity {
  /** What it says about them, as it is. */
  readonly claims: Readonly<Record<string, unknown>>;
}

/** An OpenID Connect issuer. */
export interface IdentityProvider {
  /** Where a browser is sent to sign in. Rejects with `unavailable` while the issuer cannot be asked. */
  authorizationUrl(challenge: SignInChallenge): Promise<string>;
  /**
   * Who came back, from the parameters that the browser brought. Rejects with `unauthenticated` when anything about
   * them is not as it was asked for, with `unavailable` when the issuer does not answer.
   */
  redeem(answer: Readonly<Record<string, string>>, challenge: SignInChallenge): Promise<ProvenIdentity>;
}
