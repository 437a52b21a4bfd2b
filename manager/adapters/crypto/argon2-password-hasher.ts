import { hash, verify } from '@node-rs/argon2';
import pLimit from 'p-limit';
import { DomainError } from '../../../shared/domain/domain-error.js';
import { LONGEST_PASSWORD_INPUT, normalPassword, passwordForms } from '../../domain/password-rules.js';
import type { PasswordHasher } from '../../ports/password-hasher.js';
import { type Argon2Cost, costOf, isWeaker, restOfWork } from './argon2-cost.js';

/**
 * Twice the memory of the public parameters (16 MiB, 3 passes, 2 lanes; contract 1.5); Argon2id is the library's
 * default. One lane: a sign-in then takes one core and leaves the others to everybody else, and an attacker's many
 * cores guess as fast either way. Hashes of the first implementation still verify: the parameters stand in the hash.
 */
const COST: Argon2Cost = { memoryCost: 32 * 1024, timeCost: 3, parallelism: 1 };

/** Each takes tens of milliseconds: who would wait longer than two or three seconds is told to come again. */
const MOST_WAITING = 64;
const RETRY_AFTER_SEC = 3;

export interface Argon2PasswordHasherOptions {
  /** More at once would only slow everybody else down. */
  readonly mostAtOnce: number;
  readonly mostWaiting?: number;
}

/** Argon2id on the library's threads, few at a time, and a short queue before it. */
export class Argon2PasswordHasher implements PasswordHasher {
  readonly #limit;
  readonly #mostWaiting: number;

  constructor({ mostAtOnce, mostWaiting = MOST_WAITING }: Argon2PasswordHasherOptions) {
    this.#limit = pLimit(mostAtOnce);
    this.#mostWaiting = mostWaiting;
  }

  async hash(password: string): Promise<string> {
    refuseEndless(password);
    return this.#inTurn(() => hash(normalPassword(password), COST));
  }

  async verify(stored: string, password: string): Promise<boolean> {
    const cost = costOf(stored);
    if (cost === undefined || password.length > LONGEST_PASSWORD_INPUT) return this.verifyNothing(password);
    const rest = restOfWork(COST, cost);
    return this.#inTurn(async () => {
      for (const form of passwordForms(password)) {
        if (await verified(stored, form)) return true;
        if (rest !== undefined) await hash(form, rest);
      }
      return false;
    });
  }

  async verifyNothing(password: string): Promise<false> {
    const forms = passwordForms(password.slice(0, LONGEST_PASSWORD_INPUT));
    await this.#inTurn(async () => {
      for (const form of forms) await hash(form, COST);
    });
    return false;
  }

  isOutdated(stored: string): boolean {
    const cost = costOf(stored);
    return cost === undefined || !cost.isArgon2id || isWeaker(cost, COST);
  }

  async #inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    if (this.#limit.pendingCount >= this.#mostWaiting) {
      throw new DomainError(
        'unavailable',
        'too many passwords are being checked: try again in a few seconds',
        {
          retryAfterSec: RETRY_AFTER_SEC,
        },
      );
    }
    return this.#limit(work);
  }
}

async function verified(stored: string, password: string): Promise<boolean> {
  try {
    return await verify(stored, password);
  } catch {
    // A hash that cannot be read matches nothing.
    return false;
  }
}

function refuseEndless(password: string): void {
  if (password.length <= LONGEST_PASSWORD_INPUT) return;
  throw new DomainError('invalid', `a password must have at most ${LONGEST_PASSWORD_INPUT} characters`);
}
