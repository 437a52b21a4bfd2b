import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { DomainError } from '../../../shared/domain/domain-error.js';
import { systemClock } from '../../../shared/lifecycle/clock.js';
import { silentLogger } from '../../../shared/observability/logger.js';
import { createRegistry } from '../../../shared/observability/metrics.js';
import { embeddedStores } from '../../../tests/support/embedded-stores.js';
import { checkEntries, NOTHING_CHECKED } from '../../domain/audit-chain-check.js';
import type { AuditEvent } from '../../domain/audit-entry.js';
import type { AuditLog } from '../../ports/audit-log.js';
import { AuditMetrics } from './audit-metrics.js';
import { ChainedAuditTrail } from './chained-audit-trail.js';

const actor = { userId: 'u', username: 'ann', address: undefined, requestId: 'r' };

function event(id: number): AuditEvent {
  return {
    action: 'strategy.create',
    outcome: 'done',
    target: { kind: 'strategy', id: String(id), name: '' },
  };
}

let stores: ReturnType<typeof embeddedStores>;
beforeEach(() => {
  stores = embeddedStores();
});
afterEach(() => stores.close());

function trailOn(log: AuditLog): ChainedAuditTrail {
  return new ChainedAuditTrail(log, systemClock, silentLogger, new AuditMetrics(createRegistry()));
}

/** The log with other behaviour in some of its methods. */
function logWith(changes: Partial<AuditLog>): AuditLog {
  const { audit } = stores;
  return {
    last: () => audit.last(),
    insert: (entry) => audit.insert(entry),
    insertMany: (entries) => audit.insertMany(entries),
    find: (query, limit) => audit.find(query, limit),
    inOrder: (from, limit) => audit.inOrder(from, limit),
    ...changes,
  };
}

async function allEntries() {
  return stores.audit.inOrder(1, 10_000);
}

describe('ChainedAuditTrail', () => {
  it('enters what is told a moment after the last write, whichever moment that is', async () => {
    const trail = trailOn(stores.audit);

    for (let turns = 0; turns < 20; turns++) {
      await trail.record(actor, event(turns));
      for (let turn = 0; turn < turns; turn++) await Promise.resolve();
    }

    expect(await allEntries()).toHaveLength(20);
  });

  it('enters what many tell at the same time, in the order in which they tell it, in few writes', async () => {
    let writes = 0;
    const trail = trailOn(
      logWith({
        insertMany: async (entries) => {
          writes++;
          await stores.audit.insertMany(entries);
        },
      }),
    );

    await Promise.all(Array.from({ length: 1_000 }, (_, index) => trail.record(actor, event(index))));

    const entries = await allEntries();
    expect(entries.map(({ target }) => target.id)).toEqual(
      Array.from({ length: 1_000 }, (_, index) => String(index)),
    );
    expect(checkEntries(NOTHING_CHECKED, entries)).toMatchObject({ entries: 1_000 });
    expect(writes).toBeLessThan(20);
  });

  it('enters what is told in the very turn in which the one before was acknowledged', async () => {
    const trail = trailOn(logWith({}));

    for (let id = 0; id < 20; id++) await trail.record(actor, event(id));
    await Promise.all([
      trail.record(actor, event(20)).then(() => trail.record(actor, event(21))),
      trail
        .record(actor, event(22))
        .then(() => undefined)
        .then(() => trail.record(actor, event(23))),
    ]);

    expect(await allEntries()).toHaveLength(24);
  });

  it('keeps one chain with another manager on the same store', async () => {
    const [one, other] = [trailOn(logWith({})), trailOn(logWith({}))];

    await Promise.all(
      Array.from({ length: 300 }, (_, index) => (index % 2 === 0 ? one : other).record(actor, event(index))),
    );

    const entries = await allEntries();
    expect(checkEntries(NOTHING_CHECKED, entries)).toMatchObject({ entries: 300 });
    expect(new Set(entries.map(({ target }) => target.id)).size).toBe(300);
  });

  it('says that a change was made but is not recorded, and records it when the store is back', async () => {
    let isDown = true;
    const trail = trailOn(
      logWith({
        insertMany: async (entries) => {
          if (isDown) throw new DomainError('unavailable', 'the disk is full');
          await stores.audit.insertMany(entries);
        },
      }),
    );

    await expect(trail.record(actor, event(1))).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('the change was made'),
    });
    expect(await allEntries()).toEqual([]);
    isDown = false;

    await vi.waitFor(async () => expect(await allEntries()).toHaveLength(1));
    await trail.record(actor, event(2));
    expect((await allEntries()).map(({ target }) => target.id)).toEqual(['1', '2']);
  });

  it('enters nothing twice when a write was made and failed all the same', async () => {
    let writes = 0;
    const trail = trailOn(
      logWith({
        insertMany: async (entries) => {
          writes++;
          await stores.audit.insertMany(writes === 1 ? entries.slice(0, 2) : entries);
          if (writes <= 2) throw new DomainError('unavailable', 'no answer');
        },
      }),
    );
    const first = trail.record(actor, event(0));
    const others = [1, 2, 3].map((id) => trail.record(actor, event(id)));

    await Promise.allSettled([first, ...others]);
    await vi.waitFor(async () => expect(await allEntries()).toHaveLength(4));
    await trail.record(actor, event(4));

    const entries = await allEntries();
    expect(entries.map(({ target }) => target.id)).toEqual(['0', '1', '2', '3', '4']);
    expect(checkEntries(NOTHING_CHECKED, entries)).toMatchObject({ entries: 5 });
  });

  it('leaves out what looks like a secret', async () => {
    await trailOn(logWith({})).record(actor, { ...event(1), after: { password: 'x', name: 'web' } });

    expect(await allEntries()).toMatchObject([{ after: { name: 'web' } }]);
  });

  it('writes what waits before it stops, and takes nothing afterwards', async () => {
    const trail = trailOn(logWith({}));
    const told = trail.record(actor, event(1));

    await trail.stop(AbortSignal.timeout(5_000));

    await told;
    expect(await allEntries()).toHaveLength(1);
    await expect(trail.record(actor, event(2))).rejects.toMatchObject({ code: 'unavailable' });
  });

  it('does not wait for a store that is gone when its time for stopping is over', async () => {
    const down = () => Promise.reject(new DomainError('unavailable', 'closed'));
    const trail = trailOn(logWith({ insertMany: down }));
    const told = trail.record(actor, event(1)).catch(() => {});

    await trail.stop(AbortSignal.timeout(50));
    await told;
  });
});
