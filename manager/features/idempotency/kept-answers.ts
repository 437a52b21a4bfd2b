import { DomainError } from '../../../shared/domain/domain-error.js';
import type { Clock } from '../../../shared/lifecycle/clock.js';
import type { IdempotentAnswer } from '../../domain/idempotent-answer.js';
import {
  ANSWER_KEPT_MS,
  bodyHashOf,
  idempotencyKeyOf,
  type KeyedRequest,
  requestIdOf,
} from '../../domain/repeated-request.js';
import type { IdSource } from '../../ports/id-source.js';
import type { IdempotencyStore } from '../../ports/idempotency-store.js';
import type { MaybeRepeated, Repeatable, RepeatedRequests } from '../../ports/repeated-requests.js';

const RETRY_AFTER_SEC = 1;

/**
 * Keeps what keyed requests led to. The id of what a request makes is chosen and kept before the work begins, so that
 * whoever sends it again after a crash gets the same thing completed, not a second one (ADR 0020).
 */
export class KeptAnswers implements RepeatedRequests {
  readonly #store: IdempotencyStore;
  readonly #ids: IdSource;
  readonly #clock: Clock;
  /** Requests at work in this process; as many as there are open requests at most. */
  readonly #atWork = new Set<string>();

  constructor(store: IdempotencyStore, ids: IdSource, clock: Clock) {
    this.#store = store;
    this.#ids = ids;
    this.#clock = clock;
  }

  async once<Data extends object>(
    request: MaybeRepeated,
    work: (id: string) => Promise<Data>,
  ): Promise<Repeatable<Data>> {
    if (request.key === undefined) return { data: await work(this.#ids.newId()), replayed: false };
    const keyed = { ...request, key: checkedKey(request.key) };
    const id = requestIdOf(keyed);
    if (this.#atWork.has(id)) throw atWork();
    this.#atWork.add(id);
    try {
      return await this.#onceAtATime(id, keyed, work);
    } finally {
      this.#atWork.delete(id);
    }
  }

  /** Forgets what is older than anybody may count on. */
  async sweep(): Promise<void> {
    await this.#store.deleteExpired(this.#clock.now());
  }

  async #onceAtATime<Data extends object>(
    id: string,
    request: KeyedRequest,
    work: (id: string) => Promise<Data>,
  ): Promise<Repeatable<Data>> {
    const known = await this.#known(id);
    if (known !== undefined && known.requestHash !== bodyHashOf(request)) throw otherBody();
    if (known !== undefined && known.answer !== '') return { data: JSON.parse(known.answer), replayed: true };
    const data =
      known === undefined
        ? await this.#doFirst(await this.#begin(id, request), work)
        : await this.#finish(known, work);
    return { data, replayed: false };
  }

  async #known(id: string): Promise<IdempotentAnswer | undefined> {
    const known = await this.#store.get(id);
    if (known === undefined || known.expiresTime > this.#clock.now()) return known;
    await this.#store.delete(id);
    return undefined;
  }

  async #begin(id: string, request: KeyedRequest): Promise<IdempotentAnswer> {
    const nowMs = this.#clock.now();
    const pending: IdempotentAnswer = {
      id,
      requestHash: bodyHashOf(request),
      resultId: this.#ids.newId(),
      answer: '',
      createdTime: nowMs,
      expiresTime: nowMs + ANSWER_KEPT_MS,
    };
    try {
      await this.#store.insert(pending);
    } catch (error) {
      // Another manager on the same store got the same request at the same time.
      if (error instanceof DomainError && error.code === 'conflict') throw atWork();
      throw error;
    }
    return pending;
  }

  /** A refusal is forgotten, so that the key is free for another body. */
  async #doFirst<Data extends object>(
    pending: IdempotentAnswer,
    work: (id: string) => Promise<Data>,
  ): Promise<Data> {
    try {
      return await this.#finish(pending, work);
    } catch (error) {
      if (madeNothing(error)) await this.#store.delete(pending.id);
      throw error;
    }
  }

  /**
   * Of a request that was begun before, nothing is forgotten: another manager may be at work on it, and what its
   * answer is kept under must be there when it is done.
   */
  async #finish<Data extends object>(
    pending: IdempotentAnswer,
    work: (id: string) => Promise<Data>,
  ): Promise<Data> {
    const data = await work(pending.resultId);
    await this.#store.complete({ ...pending, answer: JSON.stringify(data) });
    return data;
  }
}

/** A refusal comes before anything is made. After any other failure something may have been: the id is kept for it. */
function madeNothing(error: unknown): boolean {
  return error instanceof DomainError && error.code !== 'unavailable' && error.code !== 'internal';
}

function checkedKey(header: string): string {
  const key = idempotencyKeyOf(header);
  if (key !== undefined) return key;
  const reason = 'must be 1 to 255 visible ASCII characters';
  throw new DomainError('malformed', `Idempotency-Key ${reason}`, {
    details: [{ field: 'Idempotency-Key', reason }],
  });
}

function otherBody(): DomainError {
  const reason = 'was sent with another body before: take a new key for a new request';
  return new DomainError('invalid', `this Idempotency-Key ${reason}`, {
    details: [{ field: 'Idempotency-Key', reason }],
  });
}

function atWork(): DomainError {
  const text = 'the first request with this Idempotency-Key is still at work: send it again later';
  return new DomainError('conflict', text, { retryAfterSec: RETRY_AFTER_SEC });
}
