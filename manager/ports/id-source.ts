/** Makes ids. */
export interface IdSource {
  /** 24 hex, unique, growing with time in its first 8. */
  newId(): string;
  /** A random password of at least 112 bits. */
  newPassword(): string;
}
