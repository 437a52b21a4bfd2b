import { Counter, type Registry } from '../../../shared/observability/metrics.js';

/** `busy`: too many passwords were being checked already. */
export type LoginResult = 'done' | 'refused' | 'inactive' | 'throttled' | 'busy' | 'failed';
/** `repeated`: answered with what the token got the first time. `reused`: the session was ended for it. */
export type RefreshResult = 'done' | 'repeated' | 'reused' | 'refused';
export type SessionEnd = 'logout' | 'logout_all' | 'password_change' | 'reuse' | 'limit' | 'expired';

const EVERY: {
  readonly logins: readonly LoginResult[];
  readonly refreshes: readonly RefreshResult[];
  readonly ends: readonly SessionEnd[];
} = {
  logins: ['done', 'refused', 'inactive', 'throttled', 'busy', 'failed'],
  refreshes: ['done', 'repeated', 'reused', 'refused'],
  ends: ['logout', 'logout_all', 'password_change', 'reuse', 'limit', 'expired'],
};

/** Signing in, in numbers. No names and no addresses: those stand in the audit log. */
export class AuthMetrics {
  readonly #logins: Counter;
  readonly #refreshes: Counter;
  readonly #ends: Counter;

  constructor(registry: Registry) {
    const registers = [registry];
    this.#logins = new Counter({
      name: 'podium_manager_logins_total',
      help: 'Attempts to sign in with a password, by result.',
      labelNames: ['result'],
      registers,
    });
    this.#refreshes = new Counter({
      name: 'podium_manager_refreshes_total',
      help: 'Refresh tokens presented, by result; each reused one is a token that two had.',
      labelNames: ['result'],
      registers,
    });
    this.#ends = new Counter({
      name: 'podium_manager_sessions_ended_total',
      help: 'Sessions that ended, by reason.',
      labelNames: ['reason'],
      registers,
    });
    // From the start on, so that a first failure shows as an increase.
    for (const result of EVERY.logins) this.#logins.inc({ result }, 0);
    for (const result of EVERY.refreshes) this.#refreshes.inc({ result }, 0);
    for (const reason of EVERY.ends) this.#ends.inc({ reason }, 0);
  }

  login(result: LoginResult): void {
    this.#logins.inc({ result });
  }

  refresh(result: RefreshResult): void {
    this.#refreshes.inc({ result });
  }

  sessionsEnded(reason: SessionEnd, count = 1): void {
    this.#ends.inc({ reason }, count);
  }
}
