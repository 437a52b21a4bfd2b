import type { Clock } from '../../../shared/lifecycle/clock.js';
import { type AuditActor, THE_MANAGER } from '../../domain/audit-entry.js';
import { isRotationDue, type SigningKeyPlan } from '../../domain/signing-keys.js';
import type { AuditTrail } from '../../ports/audit-trail.js';
import type { SigningKeys, SigningKeyView } from '../../ports/signing-keys.js';

/** Lists and rotates the keys that sign tokens. */
export class KeyService {
  readonly #keys: SigningKeys;
  readonly #trail: AuditTrail;
  readonly #clock: Clock;
  readonly #rotationDays: number;

  /** @param rotationDays Life of a key as the signer; 0 = until somebody rotates it. */
  constructor(keys: SigningKeys, trail: AuditTrail, clock: Clock, rotationDays: number) {
    this.#keys = keys;
    this.#trail = trail;
    this.#clock = clock;
    this.#rotationDays = rotationDays;
  }

  list(): readonly SigningKeyView[] {
    return this.#keys.list();
  }

  publicKeys(): ReturnType<SigningKeys['publicKeys']> {
    return this.#keys.publicKeys();
  }

  /** Publishes a new key, which signs after the overlap. `conflict` while another one is on its way. */
  async rotate(actor: AuditActor): Promise<SigningKeyView> {
    const before = this.#keys.list().find(({ state }) => state === 'active');
    const made = await this.#keys.rotate();
    await this.#trail.record(actor, {
      action: 'key.rotate',
      outcome: 'done',
      target: { kind: 'key', id: made.kid, name: '' },
      before: before === undefined ? undefined : { kid: before.kid },
      after: { kid: made.kid, activatesTime: made.activatesTime },
    });
    return made;
  }

  /** What time asks for: keys that are trusted no more go, and one that has signed for long enough gets a successor. */
  async keepUp(): Promise<void> {
    await this.#keys.tidy();
    const plans = this.#keys.list().filter(hasTimes);
    if (isRotationDue(plans, this.#clock.now(), this.#rotationDays)) await this.rotate(THE_MANAGER);
  }
}

function hasTimes(view: SigningKeyView): view is SigningKeyView & SigningKeyPlan {
  return !view.configured;
}
