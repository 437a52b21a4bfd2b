import type { RestartPolicy } from '../../client/objects.js';
import type { ContainerRecord } from './container-record.js';

/** What is to be done with a container that may run now. */
export type RestartDecision =
  | { readonly kind: 'start' }
  /** Runs, or cannot be started as the pod is written. */
  | { readonly kind: 'leave' }
  | { readonly kind: 'wait'; readonly untilMs: number }
  /** Has ended and stays so. */
  | { readonly kind: 'done'; readonly succeeded: boolean };

const FIRST_DELAY_MS = 1_000;
const LONGEST_DELAY_MS = 30_000;

/** Decides by a container's record and the policy for it whether it starts now, later or never again. */
export function decideRestart(
  { phase, crashes }: ContainerRecord,
  policy: RestartPolicy,
  nowMs: number,
): RestartDecision {
  if (phase.kind === 'new') return { kind: 'start' };
  if (phase.kind !== 'terminated') return { kind: 'leave' };
  const { exitCode, finishedAtMs } = phase.termination;
  const succeeded = exitCode === 0;
  if (policy === 'Never' || (policy === 'OnFailure' && succeeded)) return { kind: 'done', succeeded };
  const untilMs = finishedAtMs + crashDelayMs(crashes);
  return untilMs <= nowMs ? { kind: 'start' } : { kind: 'wait', untilMs };
}

/** The first restart comes at once; from then on a second, doubling up to half a minute. */
export function crashDelayMs(crashes: number): number {
  if (crashes <= 1) return 0;
  return Math.min(FIRST_DELAY_MS * 2 ** Math.min(crashes - 2, 30), LONGEST_DELAY_MS);
}
