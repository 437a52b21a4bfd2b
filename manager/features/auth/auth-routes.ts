import { emptySuccess, successOf } from '../../../shared/contract/envelope.js';
import { success } from '../../../shared/http/answers.js';
import { open, type Route, route, signedIn } from '../../../shared/http/route.js';
import type { Clock } from '../../../shared/lifecycle/clock.js';
import type { Principal } from '../../domain/principal.js';
import { changeOwnPasswordRequest, loginData, loginRequest, selfData } from './auth-schemas.js';
import type { AuthService } from './auth-service.js';

export function authRoutes(service: AuthService, clock: Clock): Route<Principal>[] {
  return [
    route(
      {
        method: 'post',
        path: '/api/v1/auth/login',
        summary: 'Sign in',
        tag: 'auth',
        access: open,
        body: loginRequest,
        answers: { 200: { description: 'Signed in', schema: successOf(loginData) } },
      },
      async ({ body }) => {
        const { token, expiresAtSec } = await service.login(body.username || body.email, body.password);
        return success(clock.now(), { token, accessToken: token, expiresAt: expiresAtSec });
      },
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
        answers: { 200: { description: 'Changed', schema: emptySuccess } },
      },
      async ({ body, principal }) => {
        await service.changeOwnPassword(principal.user, body.oldPassword, body.newPassword);
        return success(clock.now());
      },
    ),
  ];
}
