import {
  INTENTS_BODY_LIMIT_BYTES,
  intentsRequest,
  merkleData,
  PATHS,
  setVersion,
} from '../../../shared/contract/decision-maker-api.js';
import { emptySuccess, successOf } from '../../../shared/contract/envelope.js';
import { DomainError } from '../../../shared/domain/domain-error.js';
import { success } from '../../../shared/http/answers.js';
import { type Route, requires, route } from '../../../shared/http/route.js';
import type { Clock } from '../../../shared/lifecycle/clock.js';
import { PERMISSION, type Principal } from '../../domain/principal.js';
import type { DecisionRefresh } from '../../ports/decision-refresh.js';
import type { IntentKeeper } from './intent-keeper.js';
import { deleteIntentsRequest } from './intent-schemas.js';

/** A change is answered when the scheduler would be told about it, so that a manager's "applied" is true. */
export function intentRoutes(
  keeper: IntentKeeper,
  decisions: DecisionRefresh,
  clock: Clock,
): readonly Route<Principal>[] {
  return [
    route(
      {
        method: 'post',
        path: PATHS.intents,
        summary: 'Replaces the whole set of intents of this node',
        description:
          'The set carries nodeName, epoch, generation and digest. An older one, or another one under the same ' +
          'version, is refused with 409 and the version held; a set with any fault with 422 and every fault. With ' +
          'none of the four it is a first-generation manager’s: taken only where `auth.legacy_manager` is on, then ' +
          'never refused for what is in it, and answered without data.',
        tag: 'manager',
        access: requires(PERMISSION.writeIntents),
        body: intentsRequest,
        bodyLimitBytes: INTENTS_BODY_LIMIT_BYTES,
        answers: {
          200: {
            description: 'Written to disk and in force',
            schema: emptySuccess.extend({ data: setVersion.optional() }),
          },
        },
      },
      async ({ body }) => {
        const version = await keeper.replace(body);
        await decisions.refresh();
        return success(clock.now(), version);
      },
    ),
    route(
      {
        method: 'get',
        path: PATHS.intentsMerkle,
        summary: 'Tells which set is held',
        description: '`set` is null while none is known; an empty set is a known one.',
        tag: 'manager',
        access: requires(PERMISSION.readIntents),
        answers: { 200: { description: 'Root and version', schema: successOf(merkleData) } },
      },
      () => success(clock.now(), keeper.summary()),
    ),
    route(
      {
        method: 'delete',
        path: PATHS.intents,
        summary: 'Removes all intents, or those of a pod',
        description:
          'With `podId` every intent of the pod goes, of whichever strategy. A `pid` beside it has no lasting ' +
          'effect, as in the first implementation: decisions follow the set.',
        tag: 'manager',
        access: requires(PERMISSION.writeIntents),
        body: deleteIntentsRequest,
        answers: { 200: { description: 'Removed, or not there', schema: emptySuccess } },
      },
      async ({ body }) => {
        if (!body.all && body.podId === '') {
          throw new DomainError('malformed', "PodID is required when 'all' is false");
        }
        if (body.all) await keeper.removeAll();
        else if (body.pid === undefined) await keeper.removePod(body.podId);
        await decisions.refresh();
        return success(clock.now());
      },
    ),
  ];
}
