import type { Container } from 'inversify';
import { AuthService } from '../../features/auth/auth-service.js';
import { FirstAdmin } from '../../features/auth/first-admin.js';
import { IntentService } from '../../features/intents/intent-service.js';
import { NodeService } from '../../features/nodes/node-service.js';
import { StrategyService } from '../../features/strategies/strategy-service.js';
import { TOKENS } from '../tokens.js';

/** The use cases. */
export function bindFeatures(container: Container): void {
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
    .bind(TOKENS.strategyService)
    .toResolvedValue(
      (store, fleet, wakeUp, ids, clock) => new StrategyService(store, fleet, wakeUp, ids, clock),
      [TOKENS.strategyStore, TOKENS.fleet, TOKENS.wakeUp, TOKENS.ids, TOKENS.clock],
    )
    .inSingletonScope();
  container
    .bind(TOKENS.intentService)
    .toResolvedValue(
      (strategies, fleet) => new IntentService(strategies, fleet),
      [TOKENS.strategyStore, TOKENS.fleet],
    )
    .inSingletonScope();
  container
    .bind(TOKENS.nodeService)
    .toResolvedValue(
      (cluster, fleet, decisionMaker) => new NodeService(cluster, fleet, decisionMaker),
      [TOKENS.cluster, TOKENS.fleet, TOKENS.decisionMaker],
    )
    .inSingletonScope();
}
