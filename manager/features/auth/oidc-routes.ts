import { successOf } from '../../../shared/contract/envelope.js';
import { DomainError } from '../../../shared/domain/domain-error.js';
import { type ApiResponse, redirect } from '../../../shared/http/answers.js';
import { cookieValue, setCookie } from '../../../shared/http/cookies.js';
import { type Caller, open, type Route, route } from '../../../shared/http/route.js';
import type { Clock } from '../../../shared/lifecycle/clock.js';
import type { Principal } from '../../domain/principal.js';
import { originOf, tokensAnswer } from './auth-routes.js';
import { loginData } from './auth-schemas.js';
import { oidcCallbackQuery, oidcLoginQuery, oidcTokenRequest } from './oidc-schemas.js';
import type { Departure, OidcSignIn } from './oidc-sign-in.js';

const FOLDER = '/api/v1/auth/oidc';

/**
 * @param signIn Undefined where no issuer is configured; the routes are there all the same and say so.
 * @param secure Whether people come by https.
 */
export function oidcRoutes(
  signIn: OidcSignIn | undefined,
  clock: Clock,
  secure: boolean,
): Route<Principal>[] {
  // The prefix keeps others on the same host from setting it over plain http (RFC 6265bis, 4.1.3.1).
  const cookieName = secure ? '__Secure-podium-sign-in' : 'podium-sign-in';
  const cookieOf = (caller: Caller) => cookieValue(caller.header('cookie'), cookieName) ?? '';
  const depart = ({ location, cookie, cookieMaxAgeSec }: Departure): ApiResponse =>
    redirect(location, {
      'referrer-policy': 'no-referrer',
      'set-cookie': setCookie({
        name: cookieName,
        value: cookie,
        path: FOLDER,
        maxAgeSec: cookie === '' ? 0 : cookieMaxAgeSec,
        // The browser comes back from the issuer's site, which Strict would take for a stranger's link.
        sameSite: 'Lax',
        secure,
      }),
    });
  return [
    route(
      {
        method: 'get',
        path: `${FOLDER}/login`,
        summary: 'Sign in through the identity provider',
        description: 'For browsers. 404 where none is configured, 503 while it cannot be asked.',
        tag: 'auth',
        access: open,
        query: oidcLoginQuery,
        refusals: ['not_found', 'unavailable'],
        answers: { 302: { description: 'To the identity provider' } },
      },
      async ({ query }) => depart(await configured(signIn).begin(query.return, query.challenge)),
    ),
    route(
      {
        method: 'get',
        path: `${FOLDER}/callback`,
        summary: 'Come back from the identity provider',
        description:
          'The redirect URL to register there. The browser goes on with `code`, good for one minute and one use, or ' +
          'with `error` and `error_description`.',
        tag: 'auth',
        access: open,
        query: oidcCallbackQuery,
        refusals: ['not_found', 'unavailable'],
        answers: { 302: { description: 'To where the sign-in wanted to go' } },
      },
      async ({ query, caller }) => {
        const told = Object.entries(query).flatMap(([name, value]) =>
          value === undefined ? [] : [[name, value] as const],
        );
        const answer = Object.fromEntries(told);
        return depart(await configured(signIn).finish(answer, cookieOf(caller), originOf(caller)));
      },
    ),
    route(
      {
        method: 'post',
        path: `${FOLDER}/token`,
        summary: 'Get the tokens of a sign-in through the identity provider',
        tag: 'auth',
        access: open,
        body: oidcTokenRequest,
        refusals: ['unauthenticated', 'not_found', 'throttled'],
        answers: { 200: { description: 'Signed in', schema: successOf(loginData) } },
      },
      async ({ body, caller }) => {
        const { code, verifier } = body;
        const session = await configured(signIn).redeem(code, verifier, cookieOf(caller), originOf(caller));
        return tokensAnswer(session, clock);
      },
    ),
  ];
}

function configured(signIn: OidcSignIn | undefined): OidcSignIn {
  if (signIn !== undefined) return signIn;
  throw new DomainError(
    'not_found',
    'no identity provider is configured (oidc.issuer): sign in with a password',
  );
}
