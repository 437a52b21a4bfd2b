import type { Container } from 'inversify';
import { MANAGER_TOKEN_ISSUER } from '../../../shared/contract/decision-maker-api.js';
import { clientAddressBehind } from '../../../shared/http/client-address.js';
import { Authenticator } from '../../http/authenticate.js';
import { managerApi } from '../../http/manager-api.js';
import { listenerCertificate } from '../listener-certificate.js';
import { certificateCheck, readinessChecks } from '../readiness.js';
import { TOKENS } from '../tokens.js';

/** Who may call, and what there is to call. */
export function bindHttp(container: Container): void {
  container
    .bind(TOKENS.authenticator)
    .toResolvedValue(
      (users, roles, keys, clock, logger) =>
        new Authenticator({
          users,
          roles,
          keyFor: (kid) => keys.keyFor(kid),
          issuer: MANAGER_TOKEN_ISSUER,
          clock,
          logger,
        }),
      [TOKENS.userStore, TOKENS.roleStore, TOKENS.signingKeys, TOKENS.clock, TOKENS.logger],
    )
    .inSingletonScope();
  container
    .bind(TOKENS.listenerCertificate)
    .toResolvedValue(listenerCertificate, [TOKENS.config, TOKENS.clock, TOKENS.logger, TOKENS.registry])
    .inSingletonScope();
  container
    .bind(TOKENS.api)
    .toResolvedValue(
      (
        routes,
        authenticator,
        refusals,
        store,
        cluster,
        epoch,
        reconciler,
        registry,
        clock,
        logger,
        certificate,
        { tls, server },
      ) =>
        managerApi({
          routes: routes.flat(),
          authorize: (access, caller, identified) => authenticator.authorize(access, caller, identified),
          onRefused: ({ principal, definition: { method, path, access }, reason }) =>
            refusals.refused({
              actor: principal.actor,
              route: `${method.toUpperCase()} ${path}`,
              access: access.kind === 'permission' ? access.key : access.kind,
              reason,
            }),
          clientAddress: clientAddressBehind(server.trusted_proxies),
          checks: [...readinessChecks(store, cluster, epoch, reconciler), ...certificateCheck(certificate)],
          registry,
          clock,
          logger,
          hstsMaxAgeSec: tls.enable ? tls.hsts_max_age_sec : 0,
        }),
      [
        { serviceIdentifier: TOKENS.routes, isMultiple: true },
        TOKENS.authenticator,
        TOKENS.refusalRecorder,
        TOKENS.storeAccess,
        TOKENS.cluster,
        TOKENS.epochKeeper,
        TOKENS.reconciler,
        TOKENS.registry,
        TOKENS.clock,
        TOKENS.logger,
        TOKENS.listenerCertificate,
        TOKENS.config,
      ],
    )
    .inSingletonScope();
}
