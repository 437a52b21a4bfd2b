/** Makes and checks password hashes; both take tens of milliseconds of a core, and few run at a time. */
export interface PasswordHasher {
  hash(password: string): Promise<string>;
  /** False also for a hash that cannot be read. */
  verify(hash: string, password: string): Promise<boolean>;
  /** Does as much work as verify and is always false: for users that do not exist. */
  verifyNothing(password: string): Promise<false>;
}
