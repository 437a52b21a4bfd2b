import { z } from '@hono/zod-openapi';
import { successOf } from '../../../shared/contract/envelope.js';
import { success } from '../../../shared/http/answers.js';
import { checkedIds } from '../../../shared/http/checked-id.js';
import { pageOf, pageQuery } from '../../../shared/http/page.js';
import { type Route, route, signedIn } from '../../../shared/http/route.js';
import type { Clock } from '../../../shared/lifecycle/clock.js';
import type { Principal } from '../../domain/principal.js';
import type { ExclusionService } from './exclusion-service.js';
import { exclusionView, liftExclusionsRequest, toExclusionView } from './intent-schemas.js';

const tag = 'intents';

/** For everybody who is signed in: which right counts depends on what was excluded, a pod or a node. */
export function exclusionRoutes(service: ExclusionService, clock: Clock): Route<Principal>[] {
  return [
    route(
      {
        method: 'get',
        path: '/api/v1/exclusions/self',
        summary: 'List what was taken away from the own strategies and node policies',
        description: 'As far as the caller holds `schedule_intent.read` and `node_scheduling_intent.read`.',
        tag,
        access: signedIn,
        query: pageQuery,
        answers: {
          200: {
            description: 'Exclusions, oldest first; by id when read in pages',
            schema: successOf(
              z.object({ exclusions: z.array(exclusionView), nextCursor: z.string().optional() }),
            ),
          },
        },
      },
      async ({ principal, query }) => {
        const { items, ...rest } = pageOf(await service.listOwn(principal), query);
        return success(clock.now(), { exclusions: items.map(toExclusionView), ...rest });
      },
    ),
    route(
      {
        method: 'delete',
        path: '/api/v1/exclusions',
        summary: 'Lift exclusions: their intents come back',
        description:
          'Needs `schedule_intent.delete`, for those of node policies `node_scheduling_intent.delete`. ' +
          'All of the exclusions, or none.',
        tag,
        access: signedIn,
        body: liftExclusionsRequest,
        refusals: ['not_found'],
        answers: { 200: { description: 'Lifted', schema: successOf(z.object({})) } },
      },
      async ({ principal, body: { exclusionIds } }) => {
        const none = 'At least one exclusion ID is required';
        await service.lift(principal, checkedIds('exclusionIds', exclusionIds, none));
        return success(clock.now(), {});
      },
    ),
  ];
}
