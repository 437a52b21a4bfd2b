export interface BackoffPolicy {
  readonly minMs: number;
  readonly maxMs: number;
}

/**
 * Delay before try number `attempt` (1 = the first retry): exponential with base 2 between the policy's bounds,
 * and "equal jitter", that is half of it fixed and half by `random` in [0, 1), so that many clients spread out
 * but none retries at once.
 */
export function backoffMs(policy: BackoffPolicy, attempt: number, random: number): number {
  const exponent = Math.min(Math.max(attempt - 1, 0), 30);
  const ceiling = Math.min(policy.maxMs, policy.minMs * 2 ** exponent);
  return Math.round(ceiling / 2 + (ceiling / 2) * random);
}
