import type { KeyObject } from 'node:crypto';
import path from 'node:path';
import { generateRsaKey } from '../../../shared/auth/keys.js';
import { DomainError } from '../../../shared/domain/domain-error.js';
import { readIfPresent } from '../../../shared/files/read-if-present.js';
import { writeFileDurably } from '../../../shared/files/write-file-durably.js';
import type { Clock } from '../../../shared/lifecycle/clock.js';
import { OneByOne } from '../../../shared/lifecycle/one-by-one.js';
import { planSigningKeys } from '../../domain/signing-keys.js';
import type { SigningKeys, SigningKeyView } from '../../ports/signing-keys.js';
import { KeyRingFile, type RingKey, ringKey } from './key-ring-file.js';
import { TrustedKeys } from './trusted-keys.js';

export interface SigningKeyRingOptions {
  readonly stateFolder: string;
  readonly clock: Clock;
  /** From the publication of a key to its first signature. */
  readonly overlapMs: number;
  /** Longest life of a token. */
  readonly verifyForMs: number;
  /** A private key that the operator keeps; then there is no rotation here. */
  readonly configured: KeyObject | undefined;
  /** Public keys that the operator wants to be trusted besides. */
  readonly previous: readonly KeyObject[];
}

/** The public halves, for the agents' `auth.manager_jwks_file`. */
const JWKS_FILE = 'jwks.json';
/** Keys that verify at one time; more than that is a script gone wrong, and every one is read by every agent. */
const MOST_KEYS = 8;
/**
 * How long after it has retired a key can sign: a refresh token is made again, to the byte, for a caller who did not get
 * it the first time, for `token.refresh_grace_sec` at most, which is 5 minutes or less.
 */
const KEEP_PRIVATE_MS = 600_000;

/**
 * The keys that sign tokens, rotated with overlap: published first, then signing, then verifying until the last token
 * is dead. What a key is at a time follows from the times in the file, so nothing is lost by a restart at any moment.
 */
export class SigningKeyRing implements SigningKeys {
  readonly #options: SigningKeyRingOptions;
  readonly #file: KeyRingFile;
  readonly #changes = new OneByOne('the signing keys');
  readonly #listeners = new Set<() => void>();
  #trusted: TrustedKeys;

  private constructor(options: SigningKeyRingOptions, file: KeyRingFile, keys: readonly RingKey[]) {
    this.#options = options;
    this.#file = file;
    this.#trusted = this.#trust(keys);
  }

  /** Reads the keys, makes the first one, and publishes their public halves. Rejects on bad keys. */
  static async open(options: SigningKeyRingOptions): Promise<SigningKeyRing> {
    const { stateFolder, clock, configured } = options;
    const file = new KeyRingFile(stateFolder);
    if (configured !== undefined) {
      const ring = new SigningKeyRing(options, file, [ringKey(configured, 0, 0)]);
      await ring.#publish(ring.#trusted);
      return ring;
    }
    const stored = await file.read();
    const now = clock.now();
    const keys = stored.length > 0 ? stored : [ringKey(await generateRsaKey(), now, now)];
    const ring = new SigningKeyRing(options, file, keys);
    await ring.#publish(ring.#trusted);
    await file.write(keys);
    await ring.tidy();
    return ring;
  }

  /** The key that signs what is made at this time, which is now or some minutes ago. */
  signerAt(timeMs: number): KeyObject {
    return this.#trusted.signerAt(timeMs);
  }

  /** The public key of a token's `kid`; undefined when nobody trusted has it. */
  keyFor(kid: string | undefined): KeyObject | undefined {
    return this.#trusted.keyFor(kid, this.#options.clock.now());
  }

  list(): readonly SigningKeyView[] {
    return this.#trusted.list(this.#options.clock.now());
  }

  publicKeys(): ReturnType<SigningKeys['publicKeys']> {
    return this.#trusted.publicKeys(this.#options.clock.now());
  }

  /** Calls back after every change of the keys: what was found out with one that is gone counts no more. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  rotate(): Promise<SigningKeyView> {
    return this.#changes.run(() => this.#rotate());
  }

  async tidy(): Promise<void> {
    if (this.#options.configured === undefined) await this.#changes.run(() => this.#tidy());
  }

  async #rotate(): Promise<SigningKeyView> {
    const { clock, configured, overlapMs } = this.#options;
    if (configured !== undefined) throw isConfigured();
    const { keys } = this.#trusted;
    const plans = this.list();
    const upcoming = plans.find(({ state }) => state === 'upcoming');
    if (upcoming !== undefined) throw isUnderWay(upcoming);
    if (keys.length >= MOST_KEYS) throw tooMany(plans);
    const key = await generateRsaKey();
    const now = clock.now();
    // Published before it is kept: after a crash in between, agents trust for a moment a key that nobody has.
    await this.#publish(this.#trust([...keys, ringKey(key, now, now)]));
    const publishedAtMs = clock.now();
    await this.#keep([...keys, ringKey(key, publishedAtMs, publishedAtMs + overlapMs)]);
    const made = this.list().at(-1);
    if (made === undefined) throw new DomainError('internal', 'the new key is not in the ring');
    return made;
  }

  async #tidy(): Promise<void> {
    const { clock, verifyForMs } = this.#options;
    const { keys } = this.#trusted;
    const now = clock.now();
    const plans = new Map(planSigningKeys(keys, now, verifyForMs).map((plan) => [plan.kid, plan]));
    const wanted = keys
      .filter(({ kid }) => plans.get(kid)?.state !== 'removed')
      .map((key) => {
        const { retiresTime = now } = plans.get(key.kid) ?? {};
        return retiresTime + KEEP_PRIVATE_MS <= now ? withoutPrivateHalf(key) : key;
      });
    const isTidy = wanted.length === keys.length && wanted.every((key, at) => key === keys[at]);
    if (!isTidy) await this.#keep(wanted);
    await this.#publish(this.#trusted);
  }

  async #keep(keys: readonly RingKey[]): Promise<void> {
    await this.#file.write(keys);
    this.#trusted = this.#trust(keys);
    for (const listener of this.#listeners) listener();
  }

  /** For the agents, in a file that everybody may read. */
  async #publish(trusted: TrustedKeys): Promise<void> {
    const file = path.join(this.#options.stateFolder, JWKS_FILE);
    const text = `${JSON.stringify(trusted.publicKeys(this.#options.clock.now()), null, 2)}\n`;
    if ((await readIfPresent(file)) !== text) await writeFileDurably(file, text, 0o644);
  }

  #trust(keys: readonly RingKey[]): TrustedKeys {
    const { previous, verifyForMs, configured } = this.#options;
    return new TrustedKeys({ keys, previous, verifyForMs, configured: configured !== undefined });
  }
}

/** What signs no more need not be kept: nobody can steal it then. */
function withoutPrivateHalf(key: RingKey): RingKey {
  return key.privateKey === undefined ? key : { ...key, privateKey: undefined };
}

function isConfigured(): DomainError {
  return new DomainError(
    'conflict',
    'the signing key is configured as key.rsa_private_key_pem and cannot be rotated here: put a new one there, the ' +
      "old one's public half into key.previous_public_keys_pem, give the agents the new jwks.json, and start again",
  );
}

function isUnderWay({ kid, activatesTime }: SigningKeyView): DomainError {
  const when = new Date(activatesTime ?? 0).toISOString();
  return new DomainError(
    'conflict',
    `a rotation is under way: key ${kid} is published and signs from ${when}; try again then`,
    { data: { kid } },
  );
}

function tooMany(plans: readonly SigningKeyView[]): DomainError {
  const next = Math.min(...plans.map(({ removedTime }) => removedTime ?? Number.POSITIVE_INFINITY));
  const when = Number.isFinite(next) ? new Date(next).toISOString() : 'later';
  return new DomainError(
    'conflict',
    `${MOST_KEYS} keys are in use, which is the most: the next is removed at ${when}; try again then`,
  );
}
