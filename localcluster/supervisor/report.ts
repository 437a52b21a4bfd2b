import path from 'node:path';
import { packageRoot } from '../../shared/files/package-root.js';
import type { ClusterFacts } from './cluster-facts.js';

export interface ReportOptions {
  readonly readyAfterMs: number;
  readonly removesState: boolean;
  readonly compromise: string | undefined;
  readonly hasSamples: boolean;
}

/** What a person needs to go on, once everything runs. */
export function reportForPeople(facts: ClusterFacts, options: ReportOptions): string {
  const seconds = (options.readyAfterMs / 1_000).toFixed(1);
  const nodes = facts.nodes.map(({ name, decisionMakerUrl }) =>
    row(name, `${decisionMakerUrl}  (decision maker)`),
  );
  return [
    '',
    `Podium is running with ${facts.nodes.length} nodes, ready after ${seconds} s.`,
    ...(options.compromise === undefined ? [] : [`On this machine ${options.compromise}.`]),
    '',
    row('manager', `${facts.managerUrl}  (API; its documentation is at ${facts.managerUrl}/swagger/)`),
    row('user', facts.username),
    row('password', facts.password === '' ? '(the one that you changed it to)' : facts.password),
    row('kubeconfig', facts.kubeconfig),
    ...nodes,
    row('state', `${facts.stateDir}  (${options.removesState ? 'removed at the end' : 'kept'})`),
    '',
    'Try this, in another terminal:',
    '',
    `  ${demoCommand()}`,
    '      a strategy on its way to the PIDs, and a pod that is replaced',
    `  kubectl --kubeconfig ${facts.kubeconfig} get pods -A -o wide`,
    options.hasSamples
      ? '      the sample workloads: real processes of this machine (any kubectl from 1.20 on)'
      : '      what runs in the cluster (any kubectl from 1.20 on)',
    '',
    'Ctrl-C ends everything.',
    '',
  ].join('\n');
}

function row(name: string, value: string): string {
  return `  ${name.padEnd(12)}${value}`;
}

/** As it can be typed in the folder where people are, most likely the product's own. */
function demoCommand(): string {
  const root = packageRoot();
  return process.cwd() === root ? 'make demo' : `node ${path.join(root, 'dist/cli/main.js')} demo`;
}
