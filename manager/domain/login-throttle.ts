/** How many failures are borne and how long the next attempt waits then. */
export interface ThrottleRule {
  /** Within the window, before the first wait. */
  readonly failures: number;
  readonly windowMs: number;
  readonly firstDelayMs: number;
  /** Each wait in a row is twice as long as the one before, up to this. */
  readonly longestDelayMs: number;
}

/** Failures so far. One failure is forgotten after each `windowMs / failures` of quiet. */
export interface FailureCount {
  /** As of `sinceMs`. */
  readonly failures: number;
  /** Waits in a row. */
  readonly waits: number;
  /** When forgetting began: at the last failure, or when its wait is over. */
  readonly sinceMs: number;
  readonly blockedUntilMs: number;
}

export const NO_FAILURES: FailureCount = { failures: 0, waits: 0, sinceMs: 0, blockedUntilMs: 0 };

/** How many failures still count. */
export function failuresAt({ failures, sinceMs }: FailureCount, rule: ThrottleRule, nowMs: number): number {
  const forgotten = (Math.max(0, nowMs - sinceMs) * rule.failures) / rule.windowMs;
  return Math.max(0, failures - forgotten);
}

export function afterFailure(count: FailureCount, rule: ThrottleRule, nowMs: number): FailureCount {
  const before = failuresAt(count, rule, nowMs);
  const failures = Math.min(rule.failures, before + 1);
  const waitsBefore = before === 0 ? 0 : count.waits;
  // What has been forgotten in part counts as forgotten: five at once are five, whatever came minutes before.
  if (Math.ceil(failures) < rule.failures) {
    return { failures, waits: waitsBefore, sinceMs: nowMs, blockedUntilMs: 0 };
  }
  const waits = waitsBefore + 1;
  const delayMs = Math.min(rule.firstDelayMs * 2 ** (waits - 1), rule.longestDelayMs);
  const blockedUntilMs = Math.max(count.blockedUntilMs, nowMs + delayMs);
  return { failures, waits, sinceMs: blockedUntilMs, blockedUntilMs };
}

/** How long the next attempt has to wait; 0 = not at all. */
export function waitMs(count: FailureCount, nowMs: number): number {
  return Math.max(0, count.blockedUntilMs - nowMs);
}
