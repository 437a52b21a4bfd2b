/** Public status numbers (contract 1.5). */
export const USER_STATUS = { active: 1, inactive: 2, mustChangePassword: 3 } as const;
export type UserStatus = (typeof USER_STATUS)[keyof typeof USER_STATUS];

export interface User {
  /** 24 hex. */
  readonly id: string;
  /** Often an email address; unique. */
  readonly username: string;
  /** Argon2id in its standard text form. */
  readonly passwordHash: string;
  readonly status: UserStatus;
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
