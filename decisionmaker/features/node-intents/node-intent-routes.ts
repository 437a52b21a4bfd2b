import { z } from '@hono/zod-openapi';
import {
  INTENTS_BODY_LIMIT_BYTES,
  nodeIntentsMerkleData,
  nodeIntentsRequest,
  PATHS,
} from '../../../shared/contract/decision-maker-api.js';
import { emptySuccess, successOf } from '../../../shared/contract/envelope.js';
import { DomainError } from '../../../shared/domain/domain-error.js';
import { success } from '../../../shared/http/answers.js';
import { type Route, requires, route } from '../../../shared/http/route.js';
import type { Clock } from '../../../shared/lifecycle/clock.js';
import { PERMISSION, type Principal } from '../../domain/principal.js';
import type { DecisionRefresh } from '../../ports/decision-refresh.js';
import type { NodeIntentKeeper } from './node-intent-keeper.js';

/** Spelled `policyId` here and `policyID` in a set; both are read in any case. */
const deleteNodeIntentsRequest = z
  .object({ policyId: z.string().default(''), all: z.boolean().default(false) })
  .openapi('DeleteNodeIntents');

/** A change is answered when the scheduler would be told about it. */
export function nodeIntentRoutes(
  keeper: NodeIntentKeeper,
  decisions: DecisionRefresh,
  clock: Clock,
): readonly Route<Principal>[] {
  return [
    route(
      {
        method: 'post',
        path: PATHS.nodeIntents,
        summary: 'Replaces all node intents of this node',
        description:
          'A node intent is for every process of the node whose command matches; an empty regex matches none. They ' +
          'carry no version: the last manager that posts wins. Every value against a rule is refused with 422, and ' +
          'nothing changes. Where `auth.legacy_manager` is on nothing is refused for its value, as first-generation ' +
          'managers expect: numbers are brought into range, and an intent with an unusable regex is kept but ' +
          'without effect.',
        tag: 'manager',
        access: requires(PERMISSION.writeNodeIntents),
        body: nodeIntentsRequest,
        bodyLimitBytes: INTENTS_BODY_LIMIT_BYTES,
        answers: { 200: { description: 'Written to disk and in force', schema: emptySuccess } },
      },
      async ({ body }) => {
        await keeper.replace(body.policies);
        await decisions.refresh();
        return success(clock.now());
      },
    ),
    route(
      {
        method: 'get',
        path: PATHS.nodeIntentsMerkle,
        summary: 'Tells which node intents are held',
        description:
          'The root in the form that managers expect, nodeID before policyID. Empty before any were posted or ' +
          'deleted.',
        tag: 'manager',
        access: requires(PERMISSION.readNodeIntents),
        answers: { 200: { description: 'The root', schema: successOf(nodeIntentsMerkleData) } },
      },
      () => success(clock.now(), { rootHash: keeper.rootHash() }),
    ),
    route(
      {
        method: 'delete',
        path: PATHS.nodeIntents,
        summary: 'Removes all node intents, or those of a policy',
        tag: 'manager',
        access: requires(PERMISSION.writeNodeIntents),
        body: deleteNodeIntentsRequest,
        answers: { 200: { description: 'Removed, or not there', schema: emptySuccess } },
      },
      async ({ body }) => {
        if (!body.all && body.policyId === '') {
          throw new DomainError('malformed', "policyId is required when 'all' is false");
        }
        if (body.all) await keeper.removeAll();
        else await keeper.removePolicy(body.policyId);
        await decisions.refresh();
        return success(clock.now());
      },
    ),
  ];
}
