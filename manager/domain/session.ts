/**
 * One sign-in on one device: a chain of refresh tokens, of which the newest is good. A token of the chain that comes
 * again after it was replaced is a stolen one, and ends the whole chain.
 */
export interface Session {
  /** 24 hex. */
  readonly id: string;
  readonly userId: string;
  /** SHA-256 (lower-case hex) of the newest refresh token. */
  readonly tokenHash: string;
  /** Of the one before it; empty before the first rotation. */
  readonly previousTokenHash: string;
  /** The user's token version at the sign-in: another one now means that the session is over. */
  readonly tokenVersion: number;
  /** From where, and with what: for the user to recognise. */
  readonly address: string;
  readonly client: string;
  /** Unix milliseconds. */
  readonly createdTime: number;
  readonly rotatedTime: number;
  readonly expiresTime: number;
  /** 0 = not revoked. */
  readonly revokedTime: number;
  /** For optimistic concurrency; counts every change from 1. */
  readonly revision: number;
}
