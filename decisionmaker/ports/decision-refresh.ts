/** Brings the served decisions up to date. */
export interface DecisionRefresh {
  /** Resolves when decisions that were begun after this call are served, or were found impossible. Never rejects. */
  refresh(): Promise<void>;
}
