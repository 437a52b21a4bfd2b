import { PATHS } from '../../../shared/contract/decision-maker-api.js';
import { schedulingAnswer } from '../../../shared/contract/scheduler-api.js';
import { type Route, requires, route } from '../../../shared/http/route.js';
import { PERMISSION, type Principal } from '../../domain/principal.js';
import type { ServedDecisions } from '../../ports/served-decisions.js';

export function schedulingRoutes(decisions: ServedDecisions): readonly Route<Principal>[] {
  return [
    route(
      {
        method: 'get',
        path: PATHS.schedulingStrategies,
        summary: 'Tells the scheduler each process’s priority and time slice',
        description:
          'Every pid once, the strongest first. 503 without a list while no set is known or the node cannot be ' +
          'read: a scheduler keeps what it has then.',
        tag: 'scheduler',
        access: requires(PERMISSION.readDecisions),
        answers: { 200: { description: 'The decisions', schema: schedulingAnswer } },
      },
      ({ principal }) => {
        const { bytes } = decisions.answer();
        if (principal.kind === 'scheduler') decisions.polled();
        return new Response(bytes, { headers: { 'content-type': 'application/json' } });
      },
    ),
  ];
}
