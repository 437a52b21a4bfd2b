import { describe, expect, it } from 'vitest';
import { silentLogger } from '../../../shared/observability/logger.js';
import type { AuditActor, AuditEvent } from '../../domain/audit-entry.js';
import { RefusalRecorder } from './refusal-recorder.js';

function setUp() {
  const told: { actor: AuditActor; event: AuditEvent }[] = [];
  const trail = {
    record: async (actor: AuditActor, event: AuditEvent) => {
      told.push({ actor, event });
    },
  };
  const time = { nowMs: 0 };
  const clock = { now: () => time.nowMs, monotonicMs: () => time.nowMs, sleep: async () => {} };
  return { told, time, recorder: new RefusalRecorder(trail, clock, silentLogger) };
}

function attempt(userId: string, reason = 'permission denied') {
  const actor = { userId, username: userId, address: undefined, requestId: 'r' };
  return { actor, route: 'GET /api/v1/users', access: 'user.read', reason };
}

describe('RefusalRecorder', () => {
  it('enters the first attempt at once and its repetitions as one entry when the minute is over', () => {
    const { told, time, recorder } = setUp();
    for (let times = 0; times < 50; times++) recorder.refused(attempt('ann'));
    expect(told).toMatchObject([
      {
        actor: { userId: 'ann' },
        event: {
          action: 'request.refused',
          outcome: 'refused',
          target: { kind: 'route', id: 'GET /api/v1/users', name: 'user.read' },
          reason: 'permission denied',
        },
      },
    ]);

    recorder.endMinutes();
    expect(told).toHaveLength(1);
    time.nowMs = 60_000;
    recorder.endMinutes();

    expect(told.slice(1)).toMatchObject([{ event: { after: { repeated: 49 } } }]);
  });

  it('keeps users and reasons apart, and says nothing more of what was not repeated', () => {
    const { told, recorder } = setUp();
    recorder.refused(attempt('ann'));
    recorder.refused(attempt('bob'));
    recorder.refused(attempt('ann', 'password change required'));
    recorder.endAll();

    expect(told).toHaveLength(3);
  });

  it('keeps a bounded number of kinds', () => {
    const { told, recorder } = setUp();
    recorder.refused(attempt('first'));
    recorder.refused(attempt('first'));
    for (let user = 0; user < 2_000; user++) recorder.refused(attempt(`user ${user}`));

    expect(told.filter(({ event }) => event.after !== undefined)).toMatchObject([
      { actor: { userId: 'first' }, event: { after: { repeated: 1 } } },
    ]);
  });
});
