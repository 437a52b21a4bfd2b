import { beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../../shared/lifecycle/clock.js';
import type { AuditActor, AuditEvent } from '../../domain/audit-entry.js';
import { RefusedSignIns } from './refused-sign-ins.js';

let nowMs = 0;
let told: { actor: AuditActor; event: AuditEvent }[] = [];
let isAway = false;
let refused: RefusedSignIns;
beforeEach(() => {
  nowMs = 1_000_000;
  told = [];
  isAway = false;
  const record = async (actor: AuditActor, event: AuditEvent) => {
    if (isAway) throw new Error('the store is away');
    told.push({ actor, event });
  };
  refused = new RefusedSignIns({ record }, { ...systemClock, monotonicMs: () => nowMs });
});

function refuse(username: string, address = '198.51.100.7') {
  const actor = { userId: '', username, address, requestId: 'r' };
  return refused.record({ action: 'auth.login', actor, username, reason: 'wrong name or password' });
}

const counts = () => told.map(({ actor, event }) => [actor.username, event.after?.count]);

describe('refused sign-ins', () => {
  it('are told at once the first time, and then once a minute with their number', async () => {
    for (let guess = 0; guess < 10; guess++) await refuse('zoe');
    expect(counts()).toEqual([['zoe', 1]]);

    nowMs += 30_000;
    await refused.flush();
    expect(counts()).toHaveLength(1);
    nowMs += 30_000;
    await refused.flush();
    expect(counts()).toEqual([
      ['zoe', 1],
      ['zoe', 9],
    ]);
    nowMs += 60_000;
    await refused.flush();
    expect(counts()).toHaveLength(2);
  });

  it('are told apart by name and network', async () => {
    await refuse('zoe');
    await refuse('zoe', '198.51.100.200');
    await refuse('ann');
    await refuse('zoe', '203.0.113.1');

    expect(counts()).toEqual([
      ['zoe', 1],
      ['ann', 1],
      ['zoe', 1],
    ]);
  });

  it('of a flood of names are told as a number', async () => {
    for (let name = 0; name < 5_000; name++) await refuse(`name-${name}`);
    await refused.flush(true);

    expect(told).toHaveLength(202);
    expect(counts().at(-1)).toEqual(['', 4_799]);
    expect(told.at(-1)?.event.target.name).toBe('');
  });

  it('are not lost while the log is away', async () => {
    await refuse('zoe');
    await refuse('zoe');
    isAway = true;
    await expect(refused.flush(true)).rejects.toThrow('the store is away');
    isAway = false;
    await refused.flush(true);

    expect(counts()).toEqual([
      ['zoe', 1],
      ['zoe', 1],
    ]);
  });

  it('carry no more of a name than a name can have', async () => {
    await refuse('x'.repeat(10_000));

    expect(told[0]?.actor.username).toHaveLength(256);
    expect(told[0]?.event.target.name).toHaveLength(256);
  });
});
