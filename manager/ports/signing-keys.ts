import type { SigningKeyPlan } from '../domain/signing-keys.js';

/** A key as it is told about; `kid` and times only, never a part of the key. */
export interface SigningKeyView extends Omit<SigningKeyPlan, 'createdTime' | 'activatesTime'> {
  /** Undefined for a key that the operator configured. */
  readonly createdTime: number | undefined;
  readonly activatesTime: number | undefined;
  readonly configured: boolean;
}

/** The keys that sign users' and agents' tokens. */
export interface SigningKeys {
  /** Those that are trusted now, and the one that comes next; oldest first. */
  list(): readonly SigningKeyView[];
  /**
   * Makes a key and publishes it; it signs after the overlap. Rejects with `conflict` while another one is on its way,
   * and where the operator configured the key.
   */
  rotate(): Promise<SigningKeyView>;
  /** Removes what is trusted no more. */
  tidy(): Promise<void>;
  /** The public halves, as a JWKS document (RFC 7517 5). */
  publicKeys(): { readonly keys: readonly Readonly<Record<string, unknown>>[] };
}
