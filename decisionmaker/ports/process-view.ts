import type { ProcessSnapshot } from '../domain/pod-process.js';

/** The processes as they were last read. */
export interface ProcessView {
  /** Rejects with `unavailable` while the node cannot be read, or takes too long; never waits longer than seconds. */
  processes(): Promise<ProcessSnapshot>;
}
