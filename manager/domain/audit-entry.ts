/** Who did something, and from where. */
export interface AuditActor {
  /** Empty for somebody who is not signed in, and for the manager itself. */
  readonly userId: string;
  /** As given at a sign-in that failed. */
  readonly username: string;
  /** Undefined for the manager itself. */
  readonly address: string | undefined;
  readonly requestId: string;
}

/** What the manager does by itself. */
export const THE_MANAGER: AuditActor = { userId: '', username: '', address: undefined, requestId: '' };

/** What was done to: `kind` such as `strategy`, `user`, `role`. */
export interface AuditTarget {
  readonly kind: string;
  /** Empty where there is none, as for a user name that nobody has. */
  readonly id: string;
  readonly name: string;
}

/** JSON of what is told to an administrator; never a password, a hash of one, a token or a key. */
export type AuditFacts = Readonly<Record<string, unknown>>;

/** One thing that was done, or refused. */
export interface AuditEvent {
  /** Such as `strategy.update` or `auth.login`. */
  readonly action: string;
  readonly outcome: 'done' | 'refused';
  readonly target: AuditTarget;
  /** What it was before and is after, as far as it changed. */
  readonly before?: AuditFacts | undefined;
  readonly after?: AuditFacts | undefined;
  /** Why it was refused. */
  readonly reason?: string | undefined;
}

/** One link of the chain: each names the one before it by its hash. */
export interface AuditEntry extends AuditEvent {
  /** Counts from 1 without gaps. */
  readonly sequence: number;
  /** Unix milliseconds. */
  readonly time: number;
  readonly actor: AuditActor;
  /** Of the entry before; 64 zeros for the first. */
  readonly previousHash: string;
  /** SHA-256 (lower-case hex) over everything else in canonical form. */
  readonly hash: string;
}
