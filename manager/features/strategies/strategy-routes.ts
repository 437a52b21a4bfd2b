import { z } from '@hono/zod-openapi';
import { successOf } from '../../../shared/contract/envelope.js';
import { success } from '../../../shared/http/answers.js';
import { checkedId } from '../../../shared/http/checked-id.js';
import {
  entityTagHeader,
  expectedRevision,
  ifMatchHeader,
  withRevision,
} from '../../../shared/http/if-match.js';
import { type PageQuery, pageOf, pageQuery } from '../../../shared/http/page.js';
import { asReplayed, idempotencyKeyHeader } from '../../../shared/http/replayed.js';
import { type Route, requires, route } from '../../../shared/http/route.js';
import type { Clock } from '../../../shared/lifecycle/clock.js';
import type { Principal } from '../../domain/principal.js';
import type { Strategy } from '../../domain/strategy.js';
import {
  createdData,
  createStrategyRequest,
  deleteStrategyRequest,
  strategyIdParams,
  strategyListQuery,
  strategyView,
  toDraft,
  toStrategyView,
  updatedData,
  updateStrategyRequest,
  withoutReadOnlyKeys,
} from './strategy-schemas.js';
import type { Created, StrategyService } from './strategy-service.js';

const tag = 'strategies';

const listAnswer = {
  description: 'Strategies, oldest first; by id when read in pages',
  schema: successOf(z.object({ strategies: z.array(strategyView), nextCursor: z.string().optional() })),
};

export function strategyRoutes(service: StrategyService, clock: Clock): Route<Principal>[] {
  const list = (found: readonly Strategy[], query: PageQuery) => {
    const counts = service.matchedPods();
    const { items, ...rest } = pageOf(found, query);
    const strategies = items.map((strategy) => toStrategyView(strategy, counts.get(strategy.id) ?? 0));
    return success(clock.now(), { strategies, ...rest });
  };
  return [
    route(
      {
        method: 'post',
        path: '/api/v1/strategies',
        summary: 'Create a strategy',
        description: 'A strategy that matches no pod yet is valid: it waits for them.',
        tag,
        access: requires('schedule_strategy.create'),
        headers: idempotencyKeyHeader,
        body: createStrategyRequest,
        refusals: ['conflict'],
        answers: { 200: { description: 'Created', schema: successOf(createdData) } },
      },
      async ({ principal, body, unknownKeys, caller }) => {
        const input = { draft: toDraft(body), unknownKeys: withoutReadOnlyKeys(unknownKeys) };
        const created = await service.create(principal, input, caller.header('idempotency-key'));
        const { id, ...rest } = created.data;
        return asReplayed(
          success(clock.now(), { id, strategyId: id, ...warningsOf(rest) }),
          created.replayed,
        );
      },
    ),
    route(
      {
        method: 'get',
        path: '/api/v1/strategies',
        summary: "List everybody's strategies",
        tag,
        access: requires('strategy.read_all'),
        query: strategyListQuery,
        answers: { 200: listAnswer },
      },
      async ({ principal, query }) => list(await service.listAll(principal, query), query),
    ),
    route(
      {
        method: 'get',
        path: '/api/v1/strategies/self',
        summary: 'List the own strategies',
        tag,
        access: requires('schedule_strategy.read'),
        query: pageQuery,
        answers: { 200: listAnswer },
      },
      async ({ principal, query }) => list(await service.listOwn(principal), query),
    ),
    route(
      {
        method: 'get',
        path: '/api/v1/strategies/{strategyId}',
        summary: 'Get one strategy',
        description: "The own one, or with `strategy.read_all` anybody's that its grants reach.",
        tag,
        access: requires('schedule_strategy.read'),
        params: strategyIdParams,
        refusals: ['not_found'],
        answers: {
          200: { description: 'The strategy', schema: successOf(strategyView), headers: entityTagHeader },
        },
      },
      async ({ principal, params }) => {
        const strategy = await service.get(principal, checkedStrategyId(params.strategyId));
        const view = toStrategyView(strategy, service.matchedPods().get(strategy.id) ?? 0);
        return withRevision(success(clock.now(), view), strategy.revision);
      },
    ),
    route(
      {
        method: 'put',
        path: '/api/v1/strategies',
        summary: 'Replace a strategy',
        description:
          'Every field is replaced: one that is left out gets its default. The own one, or with ' +
          "`strategy.read_all` anybody's that the grants for both reach.",
        tag,
        access: requires('schedule_strategy.update'),
        headers: ifMatchHeader,
        body: updateStrategyRequest,
        refusals: ['not_found', 'conflict'],
        answers: {
          200: { description: 'Replaced', schema: successOf(updatedData), headers: entityTagHeader },
        },
      },
      async ({ principal, body: { strategyId, revision, ...body }, unknownKeys, caller }) => {
        const input = { draft: toDraft(body), unknownKeys: withoutReadOnlyKeys(unknownKeys) };
        const expected = expectedRevision(caller, revision);
        const saved = await service.update(principal, checkedStrategyId(strategyId), input, expected);
        const { id } = saved;
        const data = { id, strategyId: id, revision: saved.revision, ...warningsOf(saved) };
        return withRevision(success(clock.now(), data), saved.revision);
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
        refusals: ['not_found'],
        answers: { 200: { description: 'Deleted', schema: successOf(z.object({})) } },
      },
      async ({ principal, body }) => {
        await service.delete(principal, checkedStrategyId(body.strategyId));
        return success(clock.now(), {});
      },
    ),
  ];
}

function warningsOf({ warnings }: Pick<Created, 'warnings'>): { warnings?: readonly string[] } {
  return warnings.length > 0 ? { warnings } : {};
}

function checkedStrategyId(id: string): string {
  return checkedId('strategyId', id, { missing: 'Strategy ID is required' });
}
