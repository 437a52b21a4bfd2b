import type { Container } from 'inversify';
import { FirstAdmin } from '../../features/auth/first-admin.js';
import { TOKENS } from '../tokens.js';

/** Who may sign in, and what they may do: sign-ins, users, roles. */
export function bindAccounts(container: Container): void {
  container
    .bind(TOKENS.firstAdmin)
    .toResolvedValue(
      (users, roles, hasher, trail, ids, clock, logger, { account, state }) =>
        new FirstAdmin(users, roles, hasher, trail, ids, clock, logger, {
          username: account.admin_email,
          password: account.admin_password.reveal(),
          stateFolder: state.dir,
        }),
      [
        TOKENS.userStore,
        TOKENS.roleStore,
        TOKENS.passwordHasher,
        TOKENS.auditTrail,
        TOKENS.ids,
        TOKENS.clock,
        TOKENS.logger,
        TOKENS.config,
      ],
    )
    .inSingletonScope();
}
