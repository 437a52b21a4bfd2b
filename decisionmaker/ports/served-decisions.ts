/** The answer to the scheduler, whole. A new one takes its place only when another list would be told. */
export interface ServedAnswer {
  /** The JSON text of the answer (contract 2.4). */
  readonly bytes: Uint8Array;
  /** Strong entity tag over the list, with its quotes (RFC 9110, 8.8.3): equal lists have equal tags. */
  readonly etag: string;
}

/** What the scheduler is told now. */
export interface ServedDecisions {
  /**
   * Throws `unavailable` while nothing true can be said: the scheduler keeps what it has on an error, and would
   * drop everything on an empty list (contract 3.3).
   */
  answer(): ServedAnswer;
  /** Resolves when the answer is another than the one with this tag, or cannot be given, or the signal aborts. */
  changeFrom(etag: string, signal: AbortSignal): Promise<void>;
  /** Tells that a scheduler got the answer of this moment. */
  polled(): void;
}
