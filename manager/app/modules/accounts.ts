import type { Container } from 'inversify';
import { authRoutes } from '../../features/auth/auth-routes.js';
import { AuthService } from '../../features/auth/auth-service.js';
import { FirstAdmin } from '../../features/auth/first-admin.js';
import type { SessionIssuer } from '../../features/auth/session-issuer.js';
import { TOKENS } from '../tokens.js';

/** Who may sign in, and what they may do: sign-ins, users, roles. */
export function bindAccounts(container: Container): void {
  container
    .bind(TOKENS.firstAdmin)
    .toResolvedValue(
      (users, roles, hasher, ids, clock, logger, { account, state }) =>
        new FirstAdmin(users, roles, hasher, ids, clock, logger, {
          username: account.admin_email,
          password: account.admin_password.reveal(),
          stateFolder: state.dir,
        }),
      [
        TOKENS.userStore,
        TOKENS.roleStore,
        TOKENS.passwordHasher,
        TOKENS.ids,
        TOKENS.clock,
        TOKENS.logger,
        TOKENS.config,
      ],
    )
    .inSingletonScope();
  container
    .bind(TOKENS.authService)
    .toResolvedValue(
      (users, hasher, issuer, clock, { token }) =>
        new AuthService(users, hasher, issuer, clock, { accessLifetimeSec: token.access_lifetime_sec }),
      [TOKENS.userStore, TOKENS.passwordHasher, TOKENS.tokenIssuer, TOKENS.clock, TOKENS.config],
    )
    .inSingletonScope();
  container
    .bind(TOKENS.sessionIssuer)
    .toResolvedValue(
      (service): SessionIssuer => ({ begin: (user) => service.sessionFor(user) }),
      [TOKENS.authService],
    )
    .inSingletonScope();
  container
    .bind(TOKENS.routes)
    .toResolvedValue((service, clock) => authRoutes(service, clock), [TOKENS.authService, TOKENS.clock])
    .inSingletonScope();
}
