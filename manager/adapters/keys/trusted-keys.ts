import type { KeyObject } from 'node:crypto';
import { keyId, toJwks } from '../../../shared/auth/keys.js';
import { DomainError } from '../../../shared/domain/domain-error.js';
import { planSigningKeys } from '../../domain/signing-keys.js';
import type { SigningKeys, SigningKeyView } from '../../ports/signing-keys.js';
import type { RingKey } from './key-ring-file.js';

export interface TrustedKeysOptions {
  /** At least one with a private half. */
  readonly keys: readonly RingKey[];
  /** Public keys that the operator wants to be trusted besides. */
  readonly previous: readonly KeyObject[];
  /** For as long a key verifies after its successor took over. */
  readonly verifyForMs: number;
  /** Whether the operator keeps the keys, and with them their times. */
  readonly configured: boolean;
}

/**
 * Keys of a ring at one time, made for asking: every request asks for one. Immutable; another set of keys is another
 * object.
 */
export class TrustedKeys {
  readonly keys: readonly RingKey[];
  readonly #previous: readonly KeyObject[];
  readonly #verifyForMs: number;
  readonly #configured: boolean;
  /** By `kid`; until when a key verifies. */
  readonly #verifying = new Map<string, { readonly key: KeyObject; readonly untilMs: number }>();
  readonly #signing: readonly { readonly key: KeyObject; readonly fromMs: number }[];

  constructor({ keys, previous, verifyForMs, configured }: TrustedKeysOptions) {
    this.keys = keys;
    this.#previous = previous.filter((key) => !keys.some(({ kid }) => kid === keyId(key)));
    this.#verifyForMs = verifyForMs;
    this.#configured = configured;
    for (const key of this.#previous) {
      this.#verifying.set(keyId(key), { key, untilMs: Number.POSITIVE_INFINITY });
    }
    const byKid = new Map(keys.map((key) => [key.kid, key]));
    // The end of a key follows from its successor, whatever the time is now.
    for (const { kid, removedTime = Number.POSITIVE_INFINITY } of planSigningKeys(keys, 0, verifyForMs)) {
      const key = byKid.get(kid);
      if (key !== undefined) this.#verifying.set(kid, { key: key.publicKey, untilMs: removedTime });
    }
    this.#signing = keys
      .flatMap(({ privateKey, activatesTime }) =>
        privateKey === undefined ? [] : [{ key: privateKey, fromMs: activatesTime }],
      )
      .toSorted((a, b) => a.fromMs - b.fromMs);
  }

  /** The key that signs what is made at this time. */
  signerAt(timeMs: number): KeyObject {
    // Where a clock went back, the oldest that still can.
    const signing = this.#signing.findLast(({ fromMs }) => fromMs <= timeMs) ?? this.#signing[0];
    if (signing === undefined) throw new DomainError('internal', 'there is no key to sign with');
    return signing.key;
  }

  keyFor(kid: string | undefined, nowMs: number): KeyObject | undefined {
    const found = this.#verifying.get(kid ?? '');
    return found !== undefined && nowMs < found.untilMs ? found.key : undefined;
  }

  list(nowMs: number): SigningKeyView[] {
    const own = planSigningKeys(this.keys, nowMs, this.#verifyForMs).filter(
      ({ state }) => state !== 'removed',
    );
    return [
      ...this.#previous.map((key) => configuredView(keyId(key), 'retiring')),
      ...own.map((plan) =>
        this.#configured ? configuredView(plan.kid, plan.state) : { ...plan, configured: false },
      ),
    ];
  }

  publicKeys(nowMs: number): ReturnType<SigningKeys['publicKeys']> {
    const own = this.keys.filter(({ kid }) => this.keyFor(kid, nowMs) !== undefined);
    return toJwks([...this.#previous, ...own.map(({ publicKey }) => publicKey)]);
  }
}

/** A key that the operator keeps: its times are the operator's. */
function configuredView(kid: string, state: SigningKeyView['state']): SigningKeyView {
  return {
    kid,
    state,
    createdTime: undefined,
    activatesTime: undefined,
    retiresTime: undefined,
    removedTime: undefined,
    configured: true,
  };
}
