import { describe, expect, it } from 'vitest';
import type { PodSpec } from '../../client/objects.js';
import {
  type ContainerRecord,
  NEW_CONTAINER,
  nextRun,
  refused,
  running,
  START_ERROR,
  terminated,
} from './container-record.js';
import { outcomeOfEndedPod, planPod } from './pod-plan.js';

const runs = running(NEW_CONTAINER, 'id', 0);
const ends = (exitCode: number, before: ContainerRecord = runs, reason = 'Error') =>
  terminated(running(nextRun(before), 'id', 0), {
    containerId: 'id',
    exitCode,
    reason,
    startedAtMs: 0,
    finishedAtMs: 0,
  });

function plan(spec: Partial<PodSpec>, records: Record<string, ContainerRecord>, nowMs = 0) {
  const { start, ...rest } = planPod({ containers: [], ...spec }, new Map(Object.entries(records)), nowMs);
  return { ...rest, start: start.map(({ container }) => container.name) };
}

const twoMains = { containers: [{ name: 'a' }, { name: 'b' }] };
const withInits = { initContainers: [{ name: 'i' }, { name: 'j' }], containers: [{ name: 'a' }] };
const withSidecar = {
  initContainers: [{ name: 'side', restartPolicy: 'Always' }, { name: 'j' }],
  containers: [{ name: 'a' }],
};

describe('planPod', () => {
  it('starts all containers of a pod without init containers', () => {
    expect(plan(twoMains, {})).toEqual({ start: ['a', 'b'], initialized: true });
    expect(plan(twoMains, { a: runs })).toEqual({ start: ['b'], initialized: true });
  });

  it('runs init containers one after another, then the others', () => {
    expect(plan(withInits, {})).toEqual({ start: ['i'], initialized: false });
    expect(plan(withInits, { i: runs })).toEqual({ start: [], initialized: false });
    expect(plan(withInits, { i: ends(0) })).toEqual({ start: ['j'], initialized: false });
    expect(plan(withInits, { i: ends(0), j: ends(0) })).toEqual({ start: ['a'], initialized: true });
  });

  it('repeats a failed init container, or gives the pod up when nothing may be restarted', () => {
    expect(plan(withInits, { i: ends(1) })).toEqual({ start: ['i'], initialized: false });
    expect(plan({ ...withInits, restartPolicy: 'Never' }, { i: ends(1) })).toEqual({
      start: [],
      initialized: false,
      outcome: 'Failed',
    });
  });

  it('goes on as soon as a sidecar has started, and keeps the sidecar running', () => {
    expect(plan(withSidecar, {})).toEqual({ start: ['side'], initialized: false });
    expect(plan(withSidecar, { side: runs })).toEqual({ start: ['j'], initialized: false });
    expect(plan(withSidecar, { side: ends(0), j: runs })).toEqual({ start: ['side'], initialized: false });
    expect(plan(withSidecar, { side: ends(0), j: ends(0), a: runs })).toEqual({
      start: ['side'],
      initialized: true,
    });
  });

  it('does not go on when a sidecar could not be started', () => {
    const side = ends(128, NEW_CONTAINER, START_ERROR);

    expect(plan(withSidecar, { side })).toEqual({ start: ['side'], initialized: false });
  });

  it('says when to look again at a container that backs off', () => {
    const crashed = ends(1, ends(1));

    expect(plan(twoMains, { a: crashed, b: runs }, 400)).toEqual({
      start: [],
      wakeAtMs: 1_000,
      initialized: true,
    });
    expect(plan(twoMains, { a: crashed, b: runs }, 1_000)).toEqual({ start: ['a'], initialized: true });
  });

  it('is over when every container has ended for good, whatever the sidecars do', () => {
    const never = { ...withSidecar, restartPolicy: 'Never' } as const;

    expect(plan(never, { side: runs, j: ends(0), a: ends(0) })).toMatchObject({ outcome: 'Succeeded' });
    expect(plan(never, { side: runs, j: ends(0), a: ends(3) })).toMatchObject({ outcome: 'Failed' });
    expect(plan({ ...twoMains, restartPolicy: 'OnFailure' }, { a: ends(0), b: ends(1) })).toMatchObject({
      start: ['b'],
    });
  });

  it('leaves a container alone that cannot be started as the pod is written', () => {
    const a = refused(NEW_CONTAINER, { reason: 'CreateContainerError', message: 'no command' });

    expect(plan({ ...twoMains, restartPolicy: 'Never' }, { a, b: ends(0) })).toEqual({
      start: [],
      initialized: true,
    });
  });
});

describe('outcomeOfEndedPod', () => {
  it('is a success only when every container was one', () => {
    const outcome = (records: Record<string, ContainerRecord>) =>
      outcomeOfEndedPod(twoMains, new Map(Object.entries(records)));

    expect(outcome({ a: ends(0), b: ends(0) })).toBe('Succeeded');
    expect(outcome({ a: ends(0), b: ends(143) })).toBe('Failed');
    expect(outcome({ a: ends(0) })).toBe('Failed');
  });
});
