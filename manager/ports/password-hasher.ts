/** Makes and checks password hashes; both take tens of milliseconds of a core, and few run at a time. */
export interface PasswordHasher {
  /** `unavailable` when too many are waiting already, here and below. */
  hash(password: string): Promise<string>;
  /**
   * Takes as long as for a hash of our own parameters, whatever hash this is: an empty one, as of users without a
   * password, and one that cannot be read are false after the same work.
   */
  verify(hash: string, password: string): Promise<boolean>;
  /** Does as much work as verify and is always false: for users that do not exist. */
  verifyNothing(password: string): Promise<false>;
  /** Whether a hash is weaker than one made now, and should be replaced when its password is known. */
  isOutdated(hash: string): boolean;
}
