/** Public status numbers (contract 1.5). */
export const USER_STATUS = { active: 1, inactive: 2, mustChangePassword: 3 } as const;
export type UserStatus = (typeof USER_STATUS)[keyof typeof USER_STATUS];

/** Who a user is at an OpenID Connect issuer. */
export interface ExternalIdentity {
  readonly issuer: string;
  readonly subject: string;
}

export interface User {
  /** 24 hex. */
  readonly id: string;
  /** Often an email address; unique. */
  readonly username: string;
  /** Argon2id in its standard text form; empty for a user who signs in elsewhere only. */
  readonly passwordHash: string;
  readonly status: UserStatus;
  /** Undefined for a user of our own. */
  readonly identity?: ExternalIdentity | undefined;
  /** Role names. */
  readonly roles: readonly string[];
  /** Counts up whenever every token of the user must die. */
  readonly tokenVersion: number;
  /** Unix milliseconds. */
  readonly createdTime: number;
  readonly updatedTime: number;
  /** For optimistic concurrency; counts every change. */
  readonly revision: number;
}
