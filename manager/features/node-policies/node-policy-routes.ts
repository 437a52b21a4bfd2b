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
import type { NodePolicy } from '../../domain/node-policy.js';
import type { Principal } from '../../domain/principal.js';
import {
  createdNodePolicyData,
  createNodePolicyRequest,
  deleteNodePolicyRequest,
  nodePolicyIdParams,
  nodePolicyView,
  toDraft,
  toNodePolicyView,
  updatedNodePolicyData,
  updateNodePolicyRequest,
  withoutReadOnlyKeys,
} from './node-policy-schemas.js';
import type { NodePolicyService, SavedNodePolicy } from './node-policy-service.js';

const tag = 'node policies';

const listAnswer = {
  description: 'Node policies, oldest first; by id when read in pages',
  schema: successOf(z.object({ policies: z.array(nodePolicyView), nextCursor: z.string().optional() })),
};

export function nodePolicyRoutes(service: NodePolicyService, clock: Clock): Route<Principal>[] {
  const list = (found: readonly NodePolicy[], query: PageQuery) => {
    const counts = service.matchedNodes();
    const { items, ...rest } = pageOf(found, query);
    const policies = items.map((policy) => toNodePolicyView(policy, counts.get(policy.id) ?? 0));
    return success(clock.now(), { policies, ...rest });
  };
  return [
    route(
      {
        method: 'post',
        path: '/api/v1/node-scheduling-policies',
        summary: 'Create a node policy',
        description:
          'For every process of the chosen nodes whose command matches, whichever pod it is in. Names and selectors ' +
          'must both be met; one of them is needed. A policy whose nodes are not there yet is valid: it waits for ' +
          'them. Where a process is matched by a strategy too, precedence and priority decide as between strategies.',
        tag,
        access: requires('node_scheduling_policy.create'),
        headers: idempotencyKeyHeader,
        body: createNodePolicyRequest,
        refusals: ['conflict'],
        answers: { 200: { description: 'Created', schema: successOf(createdNodePolicyData) } },
      },
      async ({ principal, body, unknownKeys, caller }) => {
        const input = { draft: toDraft(body), unknownKeys: withoutReadOnlyKeys(unknownKeys) };
        const created = await service.create(principal, input, caller.header('idempotency-key'));
        return asReplayed(success(clock.now(), namesOf(created.data)), created.replayed);
      },
    ),
    route(
      {
        method: 'get',
        path: '/api/v1/node-scheduling-policies',
        summary: "List everybody's node policies",
        description:
          'Those that the grants for `strategy.read_all` reach: one that is limited to namespaces reaches none.',
        tag,
        access: requires('strategy.read_all'),
        query: pageQuery,
        answers: { 200: listAnswer },
      },
      async ({ principal, query }) => list(await service.listAll(principal), query),
    ),
    route(
      {
        method: 'get',
        path: '/api/v1/node-scheduling-policies/self',
        summary: 'List the own node policies',
        tag,
        access: requires('node_scheduling_policy.read'),
        query: pageQuery,
        answers: { 200: listAnswer },
      },
      async ({ principal, query }) => list(await service.listOwn(principal), query),
    ),
    route(
      {
        method: 'get',
        path: '/api/v1/node-scheduling-policies/{policyId}',
        summary: 'Get one node policy',
        description: "The own one, or with `strategy.read_all` anybody's that its grants reach.",
        tag,
        access: requires('node_scheduling_policy.read'),
        params: nodePolicyIdParams,
        refusals: ['not_found'],
        answers: {
          200: { description: 'The policy', schema: successOf(nodePolicyView), headers: entityTagHeader },
        },
      },
      async ({ principal, params }) => {
        const policy = await service.get(principal, checkedPolicyId(params.policyId));
        const view = toNodePolicyView(policy, service.matchedNodes().get(policy.id) ?? 0);
        return withRevision(success(clock.now(), view), policy.revision);
      },
    ),
    route(
      {
        method: 'put',
        path: '/api/v1/node-scheduling-policies',
        summary: 'Replace a node policy',
        description:
          'Every field is replaced: one that is left out gets its default. The own one, or with ' +
          "`strategy.read_all` anybody's that the grants for both reach.",
        tag,
        access: requires('node_scheduling_policy.update'),
        headers: ifMatchHeader,
        body: updateNodePolicyRequest,
        refusals: ['not_found', 'conflict'],
        answers: {
          200: {
            description: 'Replaced',
            schema: successOf(updatedNodePolicyData),
            headers: entityTagHeader,
          },
        },
      },
      async ({ principal, body: { policyId, revision, ...body }, unknownKeys, caller }) => {
        const id = checkedPolicyId(policyId);
        const input = { draft: toDraft(body), unknownKeys: withoutReadOnlyKeys(unknownKeys) };
        const saved = await service.update(principal, id, input, expectedRevision(caller, revision));
        const data = { ...namesOf(saved), revision: saved.revision };
        return withRevision(success(clock.now(), data), saved.revision);
      },
    ),
    route(
      {
        method: 'delete',
        path: '/api/v1/node-scheduling-policies',
        summary: 'Delete a node policy',
        tag,
        access: requires('node_scheduling_policy.delete'),
        body: deleteNodePolicyRequest,
        refusals: ['not_found'],
        answers: { 200: { description: 'Deleted', schema: successOf(z.object({})) } },
      },
      async ({ principal, body }) => {
        await service.delete(principal, checkedPolicyId(body.policyId));
        return success(clock.now(), {});
      },
    ),
  ];
}

function namesOf({ id, warnings }: SavedNodePolicy) {
  return { id, policyId: id, ...(warnings.length > 0 ? { warnings } : {}) };
}

function checkedPolicyId(id: string): string {
  return checkedId('policyId', id, { missing: 'Policy ID is required' });
}
