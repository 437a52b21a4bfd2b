import { emptySuccess, successOf } from '../../../shared/contract/envelope.js';
import { DomainError } from '../../../shared/domain/domain-error.js';
import { success } from '../../../shared/http/answers.js';
import { type Caller, open, type Route, route, signedIn } from '../../../shared/http/route.js';
import type { Clock } from '../../../shared/lifecycle/clock.js';
import type { Principal } from '../../domain/principal.js';
import {
  changeOwnPasswordRequest,
  loginData,
  loginRequest,
  refreshRequest,
  selfData,
  validData,
} from './auth-schemas.js';
import type { AuthService } from './auth-service.js';
import type { Origin, SessionService, TokenPair } from './session-service.js';

export function authRoutes(service: AuthService, sessions: SessionService, clock: Clock): Route<Principal>[] {
  const tokens = (pair: TokenPair) => tokensAnswer(pair, clock);
  return [
    route(
      {
        method: 'post',
        path: '/api/v1/auth/login',
        summary: 'Sign in',
        tag: 'auth',
        access: open,
        body: loginRequest,
        refusals: ['unauthenticated', 'throttled'],
        answers: { 200: { description: 'Signed in', schema: successOf(loginData) } },
      },
      async ({ body, caller }) =>
        tokens(await service.login(body.username || body.email, body.password, originOf(caller))),
    ),
    route(
      {
        method: 'post',
        path: '/api/v1/auth/refresh',
        summary: 'Get the next pair of tokens',
        description:
          'The refresh token is replaced. One that comes again within some seconds gets the same next one; later it ends the session, because two have it.',
        tag: 'auth',
        access: open,
        body: refreshRequest,
        routine: true,
        refusals: ['unauthenticated'],
        answers: { 200: { description: 'The next pair', schema: successOf(loginData) } },
      },
      async ({ body, caller }) => tokens(await sessions.refresh(given(body.refreshToken), originOf(caller))),
    ),
    route(
      {
        method: 'post',
        path: '/api/v1/auth/logout',
        summary: 'End the session of a refresh token',
        tag: 'auth',
        access: open,
        body: refreshRequest,
        refusals: ['unauthenticated'],
        answers: { 200: { description: 'Ended, or it had ended before', schema: emptySuccess } },
      },
      async ({ body, caller }) => {
        await sessions.end(given(body.refreshToken), originOf(caller));
        return success(clock.now());
      },
    ),
    route(
      {
        method: 'post',
        path: '/api/v1/auth/logout-all',
        summary: 'End every session and every token of the caller',
        tag: 'auth',
        access: signedIn,
        answers: { 200: { description: 'Ended', schema: emptySuccess } },
      },
      async ({ principal }) => {
        await sessions.endAll(principal);
        return success(clock.now());
      },
    ),
    route(
      {
        method: 'get',
        path: '/api/v1/auth/validate',
        summary: 'Whether the access token is good',
        tag: 'auth',
        access: signedIn,
        answers: { 200: { description: 'It is', schema: successOf(validData) } },
      },
      // Who must change the password first does not get here.
      ({ principal }) =>
        success(clock.now(), { valid: true, uid: principal.user.id, needChangePassword: false }),
    ),
    route(
      {
        method: 'get',
        path: '/api/v1/users/self',
        summary: 'Who am I',
        tag: 'auth',
        access: signedIn,
        answers: { 200: { description: 'The caller', schema: successOf(selfData) } },
      },
      ({ principal }) => {
        const { id, username, roles, status } = principal.user;
        return success(clock.now(), { id, username, roles, status });
      },
    ),
    route(
      {
        method: 'put',
        path: '/api/v1/users/self/password',
        summary: 'Change the own password',
        description: 'Ends every session of the caller: sign in again with the new password.',
        tag: 'auth',
        access: { kind: 'signed in', beforePasswordChange: true },
        body: changeOwnPasswordRequest,
        refusals: ['conflict', 'throttled'],
        answers: { 200: { description: 'Changed', schema: emptySuccess } },
      },
      async ({ body, principal }) => {
        await service.changeOwnPassword(principal, body.oldPassword, body.newPassword);
        return success(clock.now());
      },
    ),
  ];
}

/** What every way to sign in answers (contract 1.4). */
export function tokensAnswer({ accessToken, refreshToken, expiresAtSec }: TokenPair, clock: Clock) {
  return success(clock.now(), { token: accessToken, accessToken, refreshToken, expiresAt: expiresAtSec });
}

export function originOf({ remoteAddress, requestId, header }: Caller): Origin {
  return { address: remoteAddress, requestId, client: header('user-agent') ?? '' };
}

/** 400 as the public API has it (contract 1.4). */
function given(refreshToken: string): string {
  if (refreshToken === '') throw new DomainError('malformed', 'refreshToken is required');
  return refreshToken;
}
