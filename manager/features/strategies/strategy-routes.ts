import { z } from '@hono/zod-openapi';
import { successOf } from '../../../shared/contract/envelope.js';
import { DomainError, invalid } from '../../../shared/domain/domain-error.js';
import { success } from '../../../shared/http/answers.js';
import { pageOf, pageQuery } from '../../../shared/http/page.js';
import { type Route, requires, route } from '../../../shared/http/route.js';
import type { Clock } from '../../../shared/lifecycle/clock.js';
import type { Principal } from '../../domain/principal.js';
import {
  createdData,
  createStrategyRequest,
  deleteStrategyRequest,
  strategyIdParams,
  strategyView,
  toDraft,
  toStrategyView,
  updatedData,
  updateStrategyRequest,
  withoutReadOnlyKeys,
} from './strategy-schemas.js';
import type { Saved, StrategyService } from './strategy-service.js';

const tag = 'strategies';

export function strategyRoutes(service: StrategyService, clock: Clock): Route<Principal>[] {
  return [
    route(
      {
        method: 'post',
        path: '/api/v1/strategies',
        summary: 'Create a strategy',
        description: 'A strategy that matches no pod yet is valid: it waits for them.',
        tag,
        access: requires('schedule_strategy.create'),
        body: createStrategyRequest,
        answers: { 200: { description: 'Created', schema: successOf(createdData) } },
      },
      async ({ principal, body, unknownKeys }) => {
        const input = { draft: toDraft(body), unknownKeys: withoutReadOnlyKeys(unknownKeys) };
        const saved = await service.create(principal, input);
        return success(clock.now(), { id: saved.id, strategyId: saved.id, ...warningsOf(saved) });
      },
    ),
    route(
      {
        method: 'get',
        path: '/api/v1/strategies/self',
        summary: 'List the own strategies',
        tag,
        access: requires('schedule_strategy.read'),
        query: pageQuery,
        answers: {
          200: {
            description: 'Strategies, oldest first; by id when read in pages',
            schema: successOf(
              z.object({ strategies: z.array(strategyView), nextCursor: z.string().optional() }),
            ),
          },
        },
      },
      async ({ principal, query }) => {
        const counts = service.matchedPods();
        const { items, ...rest } = pageOf(await service.listOwn(principal), query);
        const strategies = items.map((strategy) => toStrategyView(strategy, counts.get(strategy.id) ?? 0));
        return success(clock.now(), { strategies, ...rest });
      },
    ),
    route(
      {
        method: 'get',
        path: '/api/v1/strategies/{strategyId}',
        summary: 'Get one strategy',
        tag,
        access: requires('schedule_strategy.read'),
        params: strategyIdParams,
        answers: { 200: { description: 'The strategy', schema: successOf(strategyView) } },
      },
      async ({ principal, params }) => {
        const strategy = await service.get(principal, checkedId(params.strategyId));
        return success(clock.now(), toStrategyView(strategy, service.matchedPods().get(strategy.id) ?? 0));
      },
    ),
    route(
      {
        method: 'put',
        path: '/api/v1/strategies',
        summary: 'Replace a strategy',
        description: 'Every field is replaced: one that is left out gets its default.',
        tag,
        access: requires('schedule_strategy.update'),
        body: updateStrategyRequest,
        answers: { 200: { description: 'Replaced', schema: successOf(updatedData) } },
      },
      async ({ principal, body: { strategyId, ...body }, unknownKeys }) => {
        const input = { draft: toDraft(body), unknownKeys: withoutReadOnlyKeys(unknownKeys) };
        return success(
          clock.now(),
          warningsOf(await service.update(principal, checkedId(strategyId), input)),
        );
      },
    ),
    route(
      {
        method: 'delete',
        path: '/api/v1/strategies',
        summary: 'Delete a strategy',
        tag,
        access: requires('schedule_strategy.delete'),
        body: deleteStrategyRequest,
        answers: { 200: { description: 'Deleted', schema: successOf(z.object({})) } },
      },
      async ({ principal, body }) => {
        await service.delete(principal, checkedId(body.strategyId));
        return success(clock.now(), {});
      },
    ),
  ];
}

function warningsOf({ warnings }: Saved): { warnings?: readonly string[] } {
  return warnings.length > 0 ? { warnings } : {};
}

/** A missing id is a request that cannot be read; a malformed one is a value against its rule. */
function checkedId(id: string): string {
  if (id === '') throw new DomainError('malformed', 'Strategy ID is required');
  if (/^[0-9a-f]{24}$/.test(id)) return id;
  throw invalid([{ field: 'strategyId', reason: `must be 24 hex digits, found ${JSON.stringify(id)}` }]);
}
