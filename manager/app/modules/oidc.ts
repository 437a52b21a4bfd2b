import type { Container } from 'inversify';
import { OpenIdProvider } from '../../adapters/oidc/openid-provider.js';
import { ExternalUsers } from '../../features/auth/external-users.js';
import { oidcRoutes } from '../../features/auth/oidc-routes.js';
import { OidcSignIn } from '../../features/auth/oidc-sign-in.js';
import { TOKENS } from '../tokens.js';

/** Signing in through an OpenID Connect issuer, where one is configured. */
export function bindOidc(container: Container): void {
  container
    .bind(TOKENS.identityProvider)
    .toResolvedValue(
      ({ oidc }, clock, logger) =>
        oidc.issuer === ''
          ? undefined
          : new OpenIdProvider({
              issuer: oidc.issuer,
              clientId: oidc.client_id,
              clientSecret: oidc.client_secret.reveal(),
              redirectUrl: oidc.redirect_url,
              scopes: oidc.scopes,
              wantedClaims: [oidc.username_claim, oidc.groups_claim],
              clockToleranceSec: oidc.clock_tolerance_sec,
              timeoutMs: oidc.timeout_ms,
              // Loopback and oidc.allow_insecure alone get as far as here with it.
              insecure: oidc.issuer.startsWith('http:'),
              clock,
              logger,
            }),
      [TOKENS.config, TOKENS.clock, TOKENS.logger],
    )
    .inSingletonScope();
  container
    .bind(TOKENS.externalUsers)
    .toResolvedValue(
      (users, roles, sessions, changes, trail, wakeUp, ids, clock, logger, { oidc }) =>
        new ExternalUsers({
          users,
          roles,
          sessions,
          changes,
          trail,
          wakeUp,
          ids,
          clock,
          logger,
          settings: {
            usernameClaim: oidc.username_claim,
            groupsClaim: oidc.groups_claim,
            groupRoles: oidc.role_map,
            defaultRole: oidc.default_role,
            allowedDomains: oidc.allowed_domains,
          },
        }),
      [
        TOKENS.userStore,
        TOKENS.roleStore,
        TOKENS.sessionStore,
        TOKENS.accountChanges,
        TOKENS.auditTrail,
        TOKENS.wakeUp,
        TOKENS.ids,
        TOKENS.clock,
        TOKENS.logger,
        TOKENS.config,
      ],
    )
    .inSingletonScope();
  container
    .bind(TOKENS.routes)
    .toResolvedValue(
      (provider, externalUsers, users, sessions, refused, trail, clock, { oidc }) => {
        const signIn =
          provider === undefined
            ? undefined
            : new OidcSignIn({ provider, externalUsers, users, sessions, refused, trail, clock });
        return oidcRoutes(signIn, clock, oidc.redirect_url.startsWith('https:'));
      },
      [
        TOKENS.identityProvider,
        TOKENS.externalUsers,
        TOKENS.userStore,
        TOKENS.sessionService,
        TOKENS.refusedSignIns,
        TOKENS.auditTrail,
        TOKENS.clock,
        TOKENS.config,
      ],
    )
    .inSingletonScope();
}
