import type { Container } from 'inversify';
import type { ManagerConfig } from '../../../config/manager-config.js';
import { MANAGER_TOKEN_ISSUER } from '../../../shared/contract/decision-maker-api.js';
import { AuthMetrics } from '../../features/auth/auth-metrics.js';
import { authRoutes } from '../../features/auth/auth-routes.js';
import { AuthService } from '../../features/auth/auth-service.js';
import { LoginThrottle, type LoginThrottleSettings } from '../../features/auth/login-throttle.js';
import { RefusedSignIns } from '../../features/auth/refused-sign-ins.js';
import { SessionService } from '../../features/auth/session-service.js';
import { UserTokens } from '../../features/auth/user-tokens.js';
import { TOKENS } from '../tokens.js';

/** Sign-ins, sessions and what holds guessing up. */
export function bindSignIn(container: Container): void {
  container
    .bind(TOKENS.authMetrics)
    .toResolvedValue((registry) => new AuthMetrics(registry), [TOKENS.registry])
    .inSingletonScope();
  container
    .bind(TOKENS.loginThrottle)
    .toResolvedValue(
      ({ login }, clock) => new LoginThrottle(throttleSettings(login), clock),
      [TOKENS.config, TOKENS.clock],
    )
    .inSingletonScope();
  container
    .bind(TOKENS.refusedSignIns)
    .toResolvedValue((trail, clock) => new RefusedSignIns(trail, clock), [TOKENS.auditTrail, TOKENS.clock])
    .inSingletonScope();
  container
    .bind(TOKENS.userTokens)
    .toResolvedValue(
      (issuer, keys, clock, { token }) =>
        new UserTokens({
          issuer,
          issuerName: MANAGER_TOKEN_ISSUER,
          keyFor: (kid) => keys.keyFor(kid),
          clock,
          accessLifetimeSec: token.access_lifetime_sec,
        }),
      [TOKENS.tokenIssuer, TOKENS.signingKeys, TOKENS.clock, TOKENS.config],
    )
    .inSingletonScope();
  container
    .bind(TOKENS.sessionService)
    .toResolvedValue(
      (users, sessions, tokens, trail, metrics, ids, clock, { token }) =>
        new SessionService({
          users,
          sessions,
          tokens,
          trail,
          metrics,
          ids,
          clock,
          settings: {
            lifetimes: {
              refreshMs: token.refresh_lifetime_sec * 1_000,
              sessionMs: token.session_lifetime_sec * 1_000,
            },
            graceMs: token.refresh_grace_sec * 1_000,
            sessionsPerUser: token.sessions_per_user,
          },
        }),
      [
        TOKENS.userStore,
        TOKENS.sessionStore,
        TOKENS.userTokens,
        TOKENS.auditTrail,
        TOKENS.authMetrics,
        TOKENS.ids,
        TOKENS.clock,
        TOKENS.config,
      ],
    )
    .inSingletonScope();
  container
    .bind(TOKENS.authService)
    .toResolvedValue(
      (users, hasher, sessions, throttle, refused, trail, metrics, clock, logger) =>
        new AuthService({ users, hasher, sessions, throttle, refused, trail, metrics, clock, logger }),
      [
        TOKENS.userStore,
        TOKENS.passwordHasher,
        TOKENS.sessionService,
        TOKENS.loginThrottle,
        TOKENS.refusedSignIns,
        TOKENS.auditTrail,
        TOKENS.authMetrics,
        TOKENS.clock,
        TOKENS.logger,
      ],
    )
    .inSingletonScope();
  container
    .bind(TOKENS.routes)
    .toResolvedValue(
      (service, sessions, clock) => authRoutes(service, sessions, clock),
      [TOKENS.authService, TOKENS.sessionService, TOKENS.clock],
    )
    .inSingletonScope();
}

function throttleSettings(login: ManagerConfig['login']): LoginThrottleSettings {
  return {
    enabled: login.throttle,
    failuresPerAccount: login.failures_per_account,
    failuresPerNetwork: login.failures_per_network,
    failuresInAll: login.failures_in_all,
    windowMs: login.window_sec * 1_000,
    longestDelayMs: login.longest_delay_sec * 1_000,
  };
}
