/** What decides between strategies that match one process. */
export interface Ranked {
  readonly precedence: number;
  readonly priority: number;
  /** Unix milliseconds. */
  readonly strategyCreatedTime: number;
  readonly strategyID: string;
}

/**
 * The one precedence rule (DESIGN 3), used by planning, preview, conflict view and the agent alike:
 * higher precedence, then stronger (lower) priority, then the older strategy, then the smaller id.
 * Negative when `a` wins. Total over different strategies, so every sort by it is stable across processes.
 */
export function compareRank(a: Ranked, b: Ranked): number {
  return (
    b.precedence - a.precedence ||
    a.priority - b.priority ||
    a.strategyCreatedTime - b.strategyCreatedTime ||
    compareText(a.strategyID, b.strategyID)
  );
}

function compareText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
