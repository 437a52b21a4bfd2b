import type { Container } from 'inversify';
import { SerialAccountChanges } from '../../adapters/memory/serial-account-changes.js';
import { FirstAdmin } from '../../features/auth/first-admin.js';
import { RoleHolders } from '../../features/roles/role-holders.js';
import { roleRoutes } from '../../features/roles/role-routes.js';
import { RoleService } from '../../features/roles/role-service.js';
import { SeedRoles } from '../../features/roles/seed-roles.js';
import { OwnedWork } from '../../features/users/owned-work.js';
import { UserDeletion } from '../../features/users/user-deletion.js';
import { userRoutes } from '../../features/users/user-routes.js';
import { UserService } from '../../features/users/user-service.js';
import { TOKENS } from '../tokens.js';

/** Who may sign in, and what they may do: sign-ins, users, roles. */
export function bindAccounts(container: Container): void {
  container
    .bind(TOKENS.firstAdmin)
    .toResolvedValue(
      (users, roles, hasher, log, trail, ids, clock, logger, { account, state }) =>
        new FirstAdmin(
          { users, roles, hasher, log, trail, ids, clock, logger },
          {
            username: account.admin_email,
            password: account.admin_password.reveal(),
            stateFolder: state.dir,
          },
        ),
      [
        TOKENS.userStore,
        TOKENS.roleStore,
        TOKENS.passwordHasher,
        TOKENS.auditLog,
        TOKENS.auditTrail,
        TOKENS.ids,
        TOKENS.clock,
        TOKENS.logger,
        TOKENS.config,
      ],
    )
    .inSingletonScope();
  bindUsers(container);
  bindRoles(container);
}

function bindUsers(container: Container): void {
  container
    .bind(TOKENS.accountChanges)
    .toResolvedValue(
      // Not from memory: a rule about several users must see what other managers did this moment.
      ({ users, roles }) => new SerialAccountChanges(users, roles),
      [TOKENS.stores],
    )
    .inSingletonScope();
  container
    .bind(TOKENS.userService)
    .toResolvedValue(
      (users, sessions, changes, hasher, audit, wakeUp, ids, clock) =>
        new UserService({ users, sessions, changes, hasher, audit, wakeUp, ids, clock }),
      [
        TOKENS.userStore,
        TOKENS.sessionStore,
        TOKENS.accountChanges,
        TOKENS.passwordHasher,
        TOKENS.auditTrail,
        TOKENS.wakeUp,
        TOKENS.ids,
        TOKENS.clock,
      ],
    )
    .inSingletonScope();
  container
    .bind(TOKENS.ownedWork)
    .toResolvedValue(
      (strategies, nodePolicies, exclusions, audit, clock) =>
        new OwnedWork({ strategies, nodePolicies, exclusions, audit, clock }),
      [TOKENS.strategyStore, TOKENS.nodePolicyStore, TOKENS.exclusionStore, TOKENS.auditTrail, TOKENS.clock],
    )
    .inSingletonScope();
  container
    .bind(TOKENS.userDeletion)
    .toResolvedValue(
      (users, sessions, changes, owned, audit, wakeUp, clock) =>
        new UserDeletion({ users, sessions, changes, owned, audit, wakeUp, clock }),
      [
        TOKENS.userStore,
        TOKENS.sessionStore,
        TOKENS.accountChanges,
        TOKENS.ownedWork,
        TOKENS.auditTrail,
        TOKENS.wakeUp,
        TOKENS.clock,
      ],
    )
    .inSingletonScope();
  container
    .bind(TOKENS.routes)
    .toResolvedValue(
      (service, deletion, clock) => userRoutes(service, deletion, clock),
      [TOKENS.userService, TOKENS.userDeletion, TOKENS.clock],
    )
    .inSingletonScope();
}

function bindRoles(container: Container): void {
  container
    .bind(TOKENS.seedRoles)
    .toResolvedValue(
      (roles, log, audit, ids, clock, logger) => new SeedRoles({ roles, log, audit, ids, clock, logger }),
      [TOKENS.roleStore, TOKENS.auditLog, TOKENS.auditTrail, TOKENS.ids, TOKENS.clock, TOKENS.logger],
    )
    .inSingletonScope();
  container
    .bind(TOKENS.roleHolders)
    .toResolvedValue(
      (users, sessions, clock) => new RoleHolders(users, sessions, clock),
      [TOKENS.userStore, TOKENS.sessionStore, TOKENS.clock],
    )
    .inSingletonScope();
  container
    .bind(TOKENS.roleService)
    .toResolvedValue(
      (roles, holders, changes, audit, wakeUp, ids, clock) =>
        new RoleService({ roles, holders, changes, audit, wakeUp, ids, clock }),
      [
        TOKENS.roleStore,
        TOKENS.roleHolders,
        TOKENS.accountChanges,
        TOKENS.auditTrail,
        TOKENS.wakeUp,
        TOKENS.ids,
        TOKENS.clock,
      ],
    )
    .inSingletonScope();
  container
    .bind(TOKENS.routes)
    .toResolvedValue((service, clock) => roleRoutes(service, clock), [TOKENS.roleService, TOKENS.clock])
    .inSingletonScope();
}
