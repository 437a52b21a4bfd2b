import type { TranscriptEntry } from './kubectl-scenario.js';

/** Something that the local API server and the real one let kubectl print differently, and why that is well. */
export interface AcceptedDifference {
  readonly reason: string;
  /** Titles of the steps that it concerns. */
  readonly steps: readonly string[];
  /** What differs, and what stands for it in a settled transcript. */
  readonly pattern: RegExp;
  readonly replacement: string;
}

export const ACCEPTED_DIFFERENCES: readonly AcceptedDifference[] = [
  {
    reason:
      'The real API server taints a new node as not ready; a node controller takes the taint off when the node ' +
      'is. There is no such controller in the local cluster, so there is no such taint.',
    steps: ['describe node', 'describe node with pods'],
    pattern: /^Taints: .*$/gm,
    replacement: 'Taints: (settled)',
  },
  {
    reason: 'Resource quotas and limit ranges are not offered.',
    steps: ['describe namespace'],
    pattern: /\s*No resource quota\.\s+No LimitRange resource\./g,
    replacement: '',
  },
  {
    reason:
      'The real API server adds a dump of both specifications; the local one names the fields that differ.',
    steps: ['apply a forbidden change', 'patch what is settled'],
    pattern: /(if it was previously negative\))[\s\S]*$/g,
    replacement: '$1',
  },
  {
    reason:
      'The real API server quotes what is left of a patch after taking it apart, the local one all of it.',
    steps: ['apply an unknown field over a pod'],
    pattern: /Invalid value: "map\[.*\]": strict/g,
    replacement: 'Invalid value: (the patch): strict',
  },
  {
    reason: 'Running commands in containers is not offered, and the scenario has no real kubelet that could.',
    steps: ['exec'],
    pattern: /^[\s\S]*$/g,
    replacement: '(settled)',
  },
  {
    reason:
      'Old kubectl shows which client set which field; the local API server does not keep track of that.',
    steps: ['describe lease'],
    pattern: /\n +Managed Fields:[\s\S]*?Time: +TIME/g,
    replacement: '',
  },
  {
    reason:
      'For the same reason a diff of old kubectl has other lines around the changed ones, and the time of the ' +
      'last change where a second has passed.',
    steps: ['diff'],
    pattern: /^(?![-+]).*\n?|^[-+] +time: .*\n?/gm,
    replacement: '',
  },
  {
    reason:
      'Old kubectl evicts only where it finds the API group policy, and deletes otherwise. The group is not ' +
      'served, because there are no disruption budgets; new kubectl finds the eviction itself.',
    steps: ['drain'],
    pattern: /^(evicting pod .*\n|(\S+) (?:evicted|deleted|drained)$)/gm,
    replacement: '$2',
  },
];

/** A transcript with everything left out that may differ. */
export function settle(entries: readonly TranscriptEntry[]): readonly TranscriptEntry[] {
  return entries.map((entry) => ({
    ...entry,
    stdout: settleText(entry.title, entry.stdout),
    stderr: settleText(entry.title, entry.stderr),
  }));
}

function settleText(title: string, text: string): string {
  if (text === '') return text;
  return ACCEPTED_DIFFERENCES.filter(({ steps }) => steps.includes(title)).reduce(
    (settled, { pattern, replacement }) => settled.replace(pattern, replacement),
    text,
  );
}
