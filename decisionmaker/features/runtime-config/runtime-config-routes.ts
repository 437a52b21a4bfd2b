import {
  PATHS,
  runtimeConfigData,
  runtimeConfigRequest,
} from '../../../shared/contract/decision-maker-api.js';
import { emptySuccess, successOf } from '../../../shared/contract/envelope.js';
import { success } from '../../../shared/http/answers.js';
import { type Route, requires, route } from '../../../shared/http/route.js';
import type { Clock } from '../../../shared/lifecycle/clock.js';
import { PERMISSION, type Principal } from '../../domain/principal.js';
import type { RuntimeConfigService } from './runtime-config-service.js';

export function runtimeConfigRoutes(
  service: RuntimeConfigService,
  clock: Clock,
): readonly Route<Principal>[] {
  return [
    route(
      {
        method: 'post',
        path: PATHS.runtimeConfig,
        summary: 'Gives the scheduler’s daemon on this node its configuration',
        description:
          'Passed on with every boolean said, so that false switches off. Answered when the daemon has answered; ' +
          'whatever goes wrong is a 400 with the reason in `details`.',
        tag: 'manager',
        access: requires(PERMISSION.writeRuntimeConfig),
        body: runtimeConfigRequest,
        answers: { 200: { description: 'The daemon took it', schema: emptySuccess } },
      },
      async ({ body, signal }) => {
        await service.apply(body, signal);
        return success(clock.now());
      },
    ),
    route(
      {
        method: 'get',
        path: PATHS.runtimeConfig,
        summary: 'Tells what the scheduler’s daemon runs with',
        description: 'From the daemon; where it does not answer, what this agent last applied.',
        tag: 'manager',
        access: requires(PERMISSION.readRuntimeConfig),
        answers: { 200: { description: 'What is known', schema: successOf(runtimeConfigData) } },
      },
      async ({ signal }) => success(clock.now(), await service.status(signal)),
    ),
  ];
}
