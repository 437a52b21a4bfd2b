import { PATHS, type PodProcesses, podProcessesData } from '../../../shared/contract/decision-maker-api.js';
import { successOf, wireTimestamp } from '../../../shared/contract/envelope.js';
import { success } from '../../../shared/http/answers.js';
import { type Route, requires, route } from '../../../shared/http/route.js';
import type { Clock } from '../../../shared/lifecycle/clock.js';
import { PERMISSION, type Principal } from '../../domain/principal.js';
import type { IntentSets } from '../../ports/intent-sets.js';
import type { ProcessView } from '../../ports/process-view.js';
import { podProcessesView } from './pod-processes-view.js';

export interface ProcessRoutesOptions {
  readonly nodeName: string;
  readonly processes: ProcessView;
  readonly sets: IntentSets;
  readonly clock: Clock;
}

export function processRoutes(options: ProcessRoutesOptions): readonly Route<Principal>[] {
  const { nodeName, processes, sets, clock } = options;
  return [
    route(
      {
        method: 'get',
        path: PATHS.podProcesses,
        summary: 'Lists the processes of every pod on this node',
        description: 'Every pid once. A pod has its name where an intent told it.',
        tag: 'manager',
        access: requires(PERMISSION.readProcesses),
        answers: { 200: { description: 'Pods with their processes', schema: successOf(podProcessesData) } },
      },
      async () => {
        const data: PodProcesses = {
          pods: podProcessesView(await processes.processes(), sets.current()),
          timestamp: wireTimestamp(clock.now()),
          node_name: nodeName,
        };
        return success(clock.now(), data);
      },
    ),
  ];
}
