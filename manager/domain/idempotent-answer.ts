/** What a request with an Idempotency-Key led to, so that the same request sent again gets the same answer. */
export interface IdempotentAnswer {
  /** SHA-256 (hex) over user, route and key. */
  readonly id: string;
  /** SHA-256 (hex) over the body: another body under the same key is refused. */
  readonly requestHash: string;
  /** Of the thing that the request makes, chosen before it is made: 24 hex. */
  readonly resultId: string;
  /** JSON of the answer's data; empty while the first request is still at work. */
  readonly answer: string;
  /** Unix milliseconds. */
  readonly createdTime: number;
  readonly expiresTime: number;
}
