import { PATHS } from '../../../shared/contract/decision-maker-api.js';
import { wireTimestamp } from '../../../shared/contract/envelope.js';
import { tokenAnswer, tokenRequest } from '../../../shared/contract/scheduler-api.js';
import { DomainError } from '../../../shared/domain/domain-error.js';
import { jsonResponse } from '../../../shared/http/answers.js';
import { open, type Route, route } from '../../../shared/http/route.js';
import type { Clock } from '../../../shared/lifecycle/clock.js';
import type { Principal } from '../../domain/principal.js';
import type { CallerNetworks } from './caller-networks.js';
import { isLocalCaller } from './local-caller.js';
import type { TokenService } from './token-service.js';

export interface TokenRoutesOptions {
  readonly service: TokenService;
  /** From where first-generation managers may ask; empty where none are expected. */
  readonly managerNetworks: CallerNetworks;
  readonly clock: Clock;
}

export function tokenRoutes({
  service,
  managerNetworks,
  clock,
}: TokenRoutesOptions): readonly Route<Principal>[] {
  return [
    route(
      {
        method: 'post',
        path: PATHS.token,
        summary: 'Gives the scheduler on this node a token',
        description:
          'The body names the agent’s own public key. The token is for reading scheduling strategies and sending ' +
          'metrics, and is given to callers on this machine only. Releases read it from different places, so it ' +
          'stands in the answer twice. Where `auth.legacy_manager` is on, a caller from one of its networks that ' +
          'gives a client_id is a first-generation manager and gets a manager’s rights.',
        tag: 'scheduler',
        access: open,
        body: tokenRequest,
        answers: { 200: { description: 'The token', schema: tokenAnswer } },
      },
      async ({ body, caller }) => {
        const isManager = body.client_id !== '' && managerNetworks.has(caller.remoteAddress);
        if (!isManager && !isLocalCaller(caller.remoteAddress)) {
          throw new DomainError('forbidden', 'tokens are given to callers on this node only, over loopback');
        }
        const { token, expiresAtSec } = await service.exchange(
          body.public_key,
          body.client_id,
          isManager ? 'manager' : 'scheduler',
        );
        return jsonResponse(200, {
          success: true,
          message: 'Token issued',
          token,
          data: { token, expired_at: expiresAtSec },
          timestamp: wireTimestamp(clock.now()),
        });
      },
    ),
  ];
}
