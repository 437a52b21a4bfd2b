import { randomBytes } from 'node:crypto';
import type { Clock } from '../../shared/lifecycle/clock.js';
import type { IdSource } from '../ports/id-source.js';

/** Ids of the form MongoDB gives: four bytes of seconds, then random ones, so that a takeover keeps them apart. */
export class RandomIds implements IdSource {
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  newId(): string {
    const seconds = Math.floor(this.#clock.now() / 1_000);
    return seconds.toString(16).padStart(8, '0').slice(-8) + randomBytes(8).toString('hex');
  }

  newPassword(): string {
    return randomBytes(18).toString('base64url');
  }
}
