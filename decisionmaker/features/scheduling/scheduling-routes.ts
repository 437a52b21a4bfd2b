import { z } from '@hono/zod-openapi';
import { PATHS } from '../../../shared/contract/decision-maker-api.js';
import { schedulingAnswer } from '../../../shared/contract/scheduler-api.js';
import { ifNoneMatchNames } from '../../../shared/http/if-none-match.js';
import { type Route, requires, route } from '../../../shared/http/route.js';
import { PERMISSION, type Principal } from '../../domain/principal.js';
import type { ServedDecisions } from '../../ports/served-decisions.js';
import { MAX_WAIT_SECONDS, waitMsOf } from './wait-parameter.js';
import type { WaitingRequests } from './waiting-requests.js';

const etagHeader = z.object({
  etag: z.string().openapi({ description: 'Names the list: equal lists have equal tags.' }),
});

export function schedulingRoutes(
  decisions: ServedDecisions,
  waiting: WaitingRequests,
): readonly Route<Principal>[] {
  return [
    route(
      {
        method: 'get',
        path: PATHS.schedulingStrategies,
        summary: 'Tells the scheduler each process’s priority and time slice',
        description:
          'Every pid once, the strongest first. 503 without a list while no set is known or the node cannot be ' +
          'read: a scheduler keeps what it has then. With `If-None-Match` an unchanged list is a 304. With `wait` ' +
          'the answer is held back until the list is another than the one known to the caller, or the time is ' +
          'over; without `If-None-Match` the list of the moment of asking is the one known. At most 64 requests ' +
          'wait; 429 tells the next one.',
        tag: 'scheduler',
        access: requires(PERMISSION.readDecisions),
        query: z.object({
          wait: z.string().optional().openapi({
            type: 'integer',
            minimum: 1,
            maximum: MAX_WAIT_SECONDS,
            description: 'Longest time to wait for news, in seconds. 400 for any other value.',
          }),
        }),
        headers: z.object({
          'if-none-match': z
            .string()
            .optional()
            .openapi({ description: 'Tags that the caller knows, or *.' }),
        }),
        answers: {
          200: { description: 'The decisions', schema: schedulingAnswer, headers: etagHeader },
          304: { description: 'The caller has the decisions already; no body', headers: etagHeader },
        },
      },
      async (call) => {
        const timeoutMs = waitMsOf(call.query.wait);
        const known = call.caller.header('if-none-match');
        let gone = false;
        if (timeoutMs !== undefined) {
          const { etag } = decisions.answer();
          const isKnown = (other: string) =>
            known === undefined ? other === etag : ifNoneMatchNames(known, other);
          await call.pause(waiting.untilNews({ isKnown, timeoutMs, callerGone: call.signal }));
          gone = call.signal.aborted;
        }
        const { bytes, etag } = decisions.answer();
        if (call.principal.kind === 'scheduler' && !gone) decisions.polled();
        if (ifNoneMatchNames(known, etag)) return { status: 304, headers: { etag }, body: null };
        return { status: 200, headers: { 'content-type': 'application/json', etag }, body: bytes };
      },
    ),
  ];
}
