import type { User } from './user.js';

/**
 * The user with every token and session dead: what follows a change of password, roles or status, and a sign-out
 * everywhere. The next revision of the user, to be stored by compare-and-set.
 */
export function withRevokedTokens(user: User, nowMs: number): User {
  return {
    ...user,
    tokenVersion: user.tokenVersion + 1,
    updatedTime: nowMs,
    revision: user.revision + 1,
  };
}
