/** A request as its use case knows it. */
export interface MaybeRepeated {
  readonly userId: string;
  /** Such as `POST /api/v1/strategies`. */
  readonly route: string;
  /** The header Idempotency-Key as sent; undefined = the request asks for nothing. */
  readonly key: string | undefined;
  readonly body: unknown;
}

export interface Repeatable<Data> {
  readonly data: Data;
  /** It is what an earlier request was answered. */
  readonly replayed: boolean;
}

/** Makes a request that is sent again lead to one thing only. */
export interface RepeatedRequests {
  /**
   * Does the work, or gives the answer that an earlier request with the same key got. `malformed` for a key that is
   * none, `invalid` when the key was sent with another body, `conflict` while the first request is at work.
   *
   * @param work Gets the id for what it makes. After a crash it is called again with the same id: it must look whether
   *   that exists, and make only what is missing. What it gives is kept, so it holds no secret.
   */
  once<Data extends object>(
    request: MaybeRepeated,
    work: (id: string) => Promise<Data>,
  ): Promise<Repeatable<Data>>;
}
