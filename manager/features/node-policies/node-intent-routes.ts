import { z } from '@hono/zod-openapi';
import { successOf } from '../../../shared/contract/envelope.js';
import { success } from '../../../shared/http/answers.js';
import { checkedIds } from '../../../shared/http/checked-id.js';
import { pageOf, pageQuery } from '../../../shared/http/page.js';
import { type Route, requires, route } from '../../../shared/http/route.js';
import type { Clock } from '../../../shared/lifecycle/clock.js';
import type { Principal } from '../../domain/principal.js';
import { deleteNodeIntentsRequest, nodeIntentView, toNodeIntentView } from './node-intent-schemas.js';
import type { NodeIntentService } from './node-intent-service.js';

const tag = 'node policies';
const path = '/api/v1/node-scheduling-intents';

export function nodeIntentRoutes(service: NodeIntentService, clock: Clock): Route<Principal>[] {
  return [
    route(
      {
        method: 'get',
        path: `${path}/self`,
        summary: 'List the intents of the own node policies',
        description: 'One for each policy and each node it concerns, with how far its delivery is.',
        tag,
        access: requires('node_scheduling_intent.read'),
        query: pageQuery,
        answers: {
          200: {
            description: 'Node intents',
            schema: successOf(
              z.object({ intents: z.array(nodeIntentView), nextCursor: z.string().optional() }),
            ),
          },
        },
      },
      async ({ principal, query }) => {
        const intents = (await service.listOwn(principal)).map(toNodeIntentView);
        const { items, ...rest } = pageOf(intents, query);
        return success(clock.now(), { intents: items, ...rest });
      },
    ),
    route(
      {
        method: 'delete',
        path,
        summary: 'Take node intents away',
        description:
          'The policies leave these nodes alone until the nodes are gone or the exclusions are lifted (DELETE ' +
          '/api/v1/exclusions). All of the intents, or none.',
        tag,
        access: requires('node_scheduling_intent.delete'),
        body: deleteNodeIntentsRequest,
        refusals: ['not_found', 'conflict'],
        answers: { 200: { description: 'Excluded', schema: successOf(z.object({})) } },
      },
      async ({ principal, body: { intentIds } }) => {
        await service.exclude(
          principal,
          checkedIds('intentIds', intentIds, 'At least one intent ID is required'),
        );
        return success(clock.now(), {});
      },
    ),
  ];
}
