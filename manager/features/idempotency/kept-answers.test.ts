import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DomainError } from '../../../shared/domain/domain-error.js';
import { systemClock } from '../../../shared/lifecycle/clock.js';
import { embeddedStores } from '../../../tests/support/embedded-stores.js';
import { KeptAnswers } from './kept-answers.js';

const ID = '0123456789abcdef01234567';
const request = { userId: 'u', route: 'POST /api/v1/strategies', key: 'key-1', body: {} };

let stores: ReturnType<typeof embeddedStores>;
beforeEach(() => {
  stores = embeddedStores();
});
afterEach(() => stores.close());

function aManager(): KeptAnswers {
  return new KeptAnswers(stores.idempotency, { newId: () => ID, newPassword: () => '' }, systemClock);
}

describe('a request that two managers on one store get', () => {
  it('keeps the answer of the first when the second is refused for what the first has made', async () => {
    const [here, there] = [aManager(), aManager()];
    let end = () => {};
    const atWork = new Promise<void>((begun) => {
      void here.once(request, async (id) => {
        const ended = new Promise<void>((resolve) => {
          end = resolve;
        });
        begun();
        await ended;
        return { id };
      });
    });
    await atWork;

    const second = there.once(request, () => Promise.reject(new DomainError('conflict', 'it is there')));
    await expect(second).rejects.toMatchObject({ code: 'conflict' });
    end();

    await expect
      .poll(() => there.once(request, () => Promise.reject(new DomainError('conflict', 'it is there'))))
      .toEqual({ data: { id: ID }, replayed: true });
  });
});
