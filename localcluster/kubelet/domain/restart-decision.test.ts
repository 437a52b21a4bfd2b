import { describe, expect, it } from 'vitest';
import type { RestartPolicy } from '../../client/objects.js';
import { type ContainerRecord, NEW_CONTAINER, nextRun, running, terminated } from './container-record.js';
import { crashDelayMs, decideRestart } from './restart-decision.js';

function ended(exitCode: number, ranMs = 5, before: ContainerRecord = NEW_CONTAINER): ContainerRecord {
  const record = running(nextRun(before), 'id', 0);
  const end = { containerId: 'id', exitCode, reason: 'x', startedAtMs: 0, finishedAtMs: ranMs };
  return terminated(record, end);
}

describe('decideRestart', () => {
  it('starts what is new and leaves alone what runs', () => {
    expect(decideRestart(NEW_CONTAINER, 'Never', 0)).toEqual({ kind: 'start' });
    expect(decideRestart(running(NEW_CONTAINER, 'id', 0), 'Always', 0)).toEqual({ kind: 'leave' });
  });

  it.each<[RestartPolicy, number, string]>([
    ['Always', 0, 'start'],
    ['Always', 1, 'start'],
    ['OnFailure', 0, 'done'],
    ['OnFailure', 1, 'start'],
    ['Never', 0, 'done'],
    ['Never', 1, 'done'],
  ])('with policy %s and exit code %i: %s', (policy, exitCode, kind) => {
    expect(decideRestart(ended(exitCode), policy, 5)).toMatchObject({ kind });
  });

  it('restarts at once the first time, then backs off', () => {
    const twice = ended(1, 5, ended(1));

    expect(decideRestart(twice, 'Always', 5)).toEqual({ kind: 'wait', untilMs: 1_005 });
    expect(decideRestart(twice, 'Always', 1_005)).toEqual({ kind: 'start' });
  });

  it('forgives the crashes before a run of ten minutes', () => {
    const crashed = ended(1, 5, ended(1, 5, ended(1)));

    expect(ended(1, 10 * 60_000, crashed)).toMatchObject({ crashes: 1, restartCount: 3 });
    expect(ended(1, 10 * 60_000 - 1, crashed)).toMatchObject({ crashes: 4 });
  });
});

describe('crashDelayMs', () => {
  it('doubles from a second to half a minute', () => {
    expect([1, 2, 3, 4, 5, 6, 7, 1_000].map(crashDelayMs)).toEqual([
      0, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000,
    ]);
  });
});
