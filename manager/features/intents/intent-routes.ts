import { z } from '@hono/zod-openapi';
import { successOf } from '../../../shared/contract/envelope.js';
import { success } from '../../../shared/http/answers.js';
import { pageOf, pageQuery } from '../../../shared/http/page.js';
import { type Route, requires, route } from '../../../shared/http/route.js';
import type { Clock } from '../../../shared/lifecycle/clock.js';
import type { Principal } from '../../domain/principal.js';
import { intentView, toIntentView } from './intent-schemas.js';
import type { IntentService } from './intent-service.js';

export function intentRoutes(service: IntentService, clock: Clock): Route<Principal>[] {
  return [
    route(
      {
        method: 'get',
        path: '/api/v1/intents/self',
        summary: 'List the intents of the own strategies',
        description: 'One for each strategy and each pod it concerns, with how far its delivery is.',
        tag: 'intents',
        access: requires('schedule_intent.read'),
        query: pageQuery,
        answers: {
          200: {
            description: 'Intents',
            schema: successOf(z.object({ intents: z.array(intentView), nextCursor: z.string().optional() })),
          },
        },
      },
      async ({ principal, query }) => {
        const intents = (await service.listOwn(principal)).map(toIntentView);
        const { items, ...rest } = pageOf(intents, query);
        return success(clock.now(), { intents: items, ...rest });
      },
    ),
  ];
}
