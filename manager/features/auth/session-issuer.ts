import type { User } from '../../domain/user.js';

/** Where a request comes from. */
export interface SignInOrigin {
  readonly address: string | undefined;
  readonly requestId: string;
  /** What the client calls itself. */
  readonly client: string;
}

export interface IssuedSession {
  readonly accessToken: string;
  readonly refreshToken: string;
  /** Of the access token; Unix seconds. */
  readonly expiresAtSec: number;
}

/** Begins a session for somebody who has proved who they are, in whichever way. */
export interface SessionIssuer {
  begin(user: User, origin: SignInOrigin): Promise<IssuedSession>;
}
