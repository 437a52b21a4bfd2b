import type { Principal, VerifiedCaller } from '../domain/principal.js';

interface Remembered extends VerifiedCaller {
  readonly revision: number;
}

/** A node has one scheduler and a handful of managers; a signature costs as much as ten answers. */
const MAX_TOKENS = 64;

/** Remembers tokens whose signature was found good, until they expire or the trusted keys change. */
export class VerifiedTokens {
  readonly #tokens = new Map<string, Remembered>();

  /** @param revision Of the trusted keys now: what was found good under other keys does not count. */
  find(token: string, nowMs: number, revision: number): Principal | undefined {
    const remembered = this.#tokens.get(token);
    if (remembered === undefined) return undefined;
    if (remembered.expiresAtMs > nowMs && remembered.revision === revision) return remembered.principal;
    this.#tokens.delete(token);
    return undefined;
  }

  remember(token: string, caller: VerifiedCaller, revision: number): void {
    if (this.#tokens.size >= MAX_TOKENS) {
      const [oldest] = this.#tokens.keys();
      if (oldest !== undefined) this.#tokens.delete(oldest);
    }
    this.#tokens.set(token, { ...caller, revision });
  }
}
