import type { ProcessSnapshot } from '../domain/pod-process.js';

/** The processes as they were last read. */
export interface ProcessView {
  /** Rejects with `unavailable` while the node cannot be read. */
  processes(): Promise<ProcessSnapshot>;
}
