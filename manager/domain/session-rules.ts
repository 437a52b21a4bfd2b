import type { Session } from './session.js';

/** Milliseconds. */
export interface SessionLifetimes {
  /** Of one refresh token. */
  readonly refreshMs: number;
  /** From the sign-in on, however often the token was replaced. */
  readonly sessionMs: number;
}

/** When the token that is made now, for a session of this age, is no longer good. */
export function expiryOf(createdTime: number, nowMs: number, lifetimes: SessionLifetimes): number {
  return Math.min(nowMs + lifetimes.refreshMs, createdTime + lifetimes.sessionMs);
}

export function isOver({ revokedTime, expiresTime }: Session, nowMs: number): boolean {
  return revokedTime !== 0 || expiresTime <= nowMs;
}

/**
 * What a refresh token of this session is now. `repeated`: the last one that was replaced, within the grace, from
 * somebody who asked at the same time or never got the answer. `reused`: replaced before that, so two have it.
 */
export type RefreshVerdict = 'current' | 'repeated' | 'reused' | 'over';

export function judgeRefresh(
  session: Session,
  tokenHash: string,
  nowMs: number,
  graceMs: number,
): RefreshVerdict {
  if (isOver(session, nowMs)) return 'over';
  if (tokenHash === session.tokenHash) return 'current';
  const isInGrace = nowMs - session.rotatedTime < graceMs;
  return isInGrace && tokenHash === session.previousTokenHash ? 'repeated' : 'reused';
}

export function revoked(session: Session, nowMs: number): Session {
  return { ...session, revokedTime: nowMs, revision: session.revision + 1 };
}

/** Those that make room for one more, oldest first, when a user may have `most`. */
export function sessionsToEnd(sessions: readonly Session[], most: number, nowMs: number): readonly Session[] {
  const running = sessions.filter((session) => !isOver(session, nowMs));
  return running.slice(0, Math.max(0, running.length - most + 1));
}
