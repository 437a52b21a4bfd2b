import type { Container } from 'inversify';
import { keyId, publicHalf } from '../../../shared/auth/keys.js';
import { MANAGER_TOKEN_ISSUER } from '../../../shared/contract/decision-maker-api.js';
import { clientAddressBehind } from '../../../shared/http/client-address.js';
import { Authenticator } from '../../http/authenticate.js';
import { managerApi } from '../../http/manager-api.js';
import { readinessChecks } from '../readiness.js';
import { TOKENS } from '../tokens.js';

/** Who may call, and what there is to call. */
export function bindHttp(container: Container): void {
  container
    .bind(TOKENS.authenticator)
    .toResolvedValue(
      (users, roles, key, clock, logger) => {
        const publicKey = publicHalf(key);
        const kid = keyId(key);
        return new Authenticator({
          users,
          roles,
          keyFor: (wanted) => (wanted === kid ? publicKey : undefined),
          issuer: MANAGER_TOKEN_ISSUER,
          clock,
          logger,
        });
      },
      [TOKENS.userStore, TOKENS.roleStore, TOKENS.signingKey, TOKENS.clock, TOKENS.logger],
    )
    .inSingletonScope();
  container
    .bind(TOKENS.api)
    .toResolvedValue(
      (routes, authenticator, cluster, epoch, reconciler, registry, clock, logger, { server }) =>
        managerApi({
          routes: routes.flat(),
          authorize: (access, caller) => authenticator.authorize(access, caller),
          clientAddress: clientAddressBehind(server.trusted_proxies),
          checks: readinessChecks(cluster, epoch, reconciler),
          registry,
          clock,
          logger,
        }),
      [
        { serviceIdentifier: TOKENS.routes, isMultiple: true },
        TOKENS.authenticator,
        TOKENS.cluster,
        TOKENS.epochKeeper,
        TOKENS.reconciler,
        TOKENS.registry,
        TOKENS.clock,
        TOKENS.logger,
        TOKENS.config,
      ],
    )
    .inSingletonScope();
}
