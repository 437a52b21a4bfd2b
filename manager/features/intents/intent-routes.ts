import { z } from '@hono/zod-openapi';
import { successOf } from '../../../shared/contract/envelope.js';
import { success } from '../../../shared/http/answers.js';
import { checkedIds } from '../../../shared/http/checked-id.js';
import { type PageQuery, pageOf, pageQuery } from '../../../shared/http/page.js';
import { type Route, requires, route } from '../../../shared/http/route.js';
import type { Clock } from '../../../shared/lifecycle/clock.js';
import type { Principal } from '../../domain/principal.js';
import type { PlannedIntent } from '../../ports/delivery-view.js';
import { deleteIntentsRequest, intentView, toIntentView } from './intent-schemas.js';
import type { IntentService } from './intent-service.js';

const tag = 'intents';

const listAnswer = {
  description: 'Intents',
  schema: successOf(z.object({ intents: z.array(intentView), nextCursor: z.string().optional() })),
};

export function intentRoutes(service: IntentService, clock: Clock): Route<Principal>[] {
  const list = (planned: readonly PlannedIntent[], query: PageQuery) => {
    const { items, ...rest } = pageOf(planned.map(toIntentView), query);
    return success(clock.now(), { intents: items, ...rest });
  };
  return [
    route(
      {
        method: 'get',
        path: '/api/v1/intents/self',
        summary: 'List the intents of the own strategies',
        description: 'One for each strategy and each pod it concerns, with how far its delivery is.',
        tag,
        access: requires('schedule_intent.read'),
        query: pageQuery,
        answers: { 200: listAnswer },
      },
      async ({ principal, query }) => list(await service.listOwn(principal), query),
    ),
    route(
      {
        method: 'get',
        path: '/api/v1/intents',
        summary: "List the intents of everybody's strategies",
        tag,
        access: requires('strategy.read_all'),
        query: pageQuery,
        answers: { 200: listAnswer },
      },
      async ({ principal, query }) => list(await service.listAll(principal), query),
    ),
    route(
      {
        method: 'delete',
        path: '/api/v1/intents',
        summary: 'Take intents away from their pods',
        description:
          'The strategy leaves the pod alone until the pod is gone or the exclusion is lifted ' +
          '(`/api/v1/exclusions`). All of the intents, or none.',
        tag,
        access: requires('schedule_intent.delete'),
        body: deleteIntentsRequest,
        refusals: ['not_found', 'conflict'],
        answers: { 200: { description: 'Excluded', schema: successOf(z.object({})) } },
      },
      async ({ principal, body: { intentIds } }) => {
        const none = 'At least one intent ID is required';
        await service.exclude(principal, checkedIds('intentIds', intentIds, none));
        return success(clock.now(), {});
      },
    ),
  ];
}
