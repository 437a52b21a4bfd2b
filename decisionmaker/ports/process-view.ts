import type { ProcessSnapshot } from '../domain/pod-process.js';

/** The processes as they were last read. */
export interface ProcessView {
  /** Throws `unavailable` while the node cannot be read. */
  snapshot(): ProcessSnapshot;
}
