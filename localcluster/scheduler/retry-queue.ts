import { type BackoffPolicy, backoffMs } from '../../shared/lifecycle/backoff.js';

interface Waiting {
  readonly attempts: number;
  readonly generation: number;
  readonly notBeforeMs: number;
  /** When it is tried again although nothing is known to have changed. */
  readonly anywayMs: number;
  /** The changes that there had been when it was tried. */
  readonly seenChanges: number;
}

interface Pod {
  readonly uid: string;
  /** Counts changes of the pod's own specification. */
  readonly generation: number;
}

const BACKOFF: BackoffPolicy = { minMs: 250, maxMs: 10_000 };
const ANYWAY_MS = 60_000;

/**
 * When pods that could not be placed are tried again: not before a back-off that grows with every attempt, and
 * where no node would take the pod, not before something has changed. Times are monotonic milliseconds.
 */
export class RetryQueue {
  readonly #waiting = new Map<string, Waiting>();
  #changes = 0;

  /** Something happened that may make room: a node changed, a pod ended. */
  changed(): void {
    this.#changes++;
  }

  isDue(pod: Pod, nowMs: number): boolean {
    const waiting = this.#waiting.get(pod.uid);
    if (waiting === undefined) return true;
    if (waiting.generation !== pod.generation) return nowMs >= waiting.notBeforeMs;
    return nowMs >= this.#dueAtMs(waiting);
  }

  failed(pod: Pod, after: 'change' | 'back-off', nowMs: number, random: number): void {
    const attempts = (this.#waiting.get(pod.uid)?.attempts ?? 0) + 1;
    const notBeforeMs = nowMs + backoffMs(BACKOFF, attempts, random);
    this.#waiting.set(pod.uid, {
      attempts,
      generation: pod.generation,
      notBeforeMs,
      anywayMs: after === 'change' ? nowMs + ANYWAY_MS : notBeforeMs,
      seenChanges: this.#changes,
    });
  }

  /** Forgets all but these: the others have a node or are gone. */
  keepOnly(uids: ReadonlySet<string>): void {
    for (const uid of this.#waiting.keys()) if (!uids.has(uid)) this.#waiting.delete(uid);
  }

  /** Milliseconds until the first pod is due; undefined when none waits. */
  nextDueInMs(nowMs: number): number | undefined {
    if (this.#waiting.size === 0) return undefined;
    const dueAtMs = Math.min(...[...this.#waiting.values()].map((waiting) => this.#dueAtMs(waiting)));
    return Math.max(0, dueAtMs - nowMs);
  }

  #dueAtMs({ seenChanges, notBeforeMs, anywayMs }: Waiting): number {
    return seenChanges === this.#changes ? anywayMs : notBeforeMs;
  }
}
