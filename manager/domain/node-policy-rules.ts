import type { Fault } from '../../shared/domain/domain-error.js';
import { nodeNameFault } from '../../shared/domain/label-selector.js';
import { DEFAULT_PRIORITY } from '../../shared/domain/scheduling-values.js';
import type { NodePolicySpec } from './node-policy.js';
import {
  listFaults,
  patternFaults,
  priorityFaults,
  priorityWarnings,
  sliceFaults,
} from './scheduling-rules.js';
import { requirementOf, type SelectorDraft, selectorFaults } from './selector-rules.js';

/** A node policy as it comes in: of the right types, not yet checked. Integers may be larger than a double holds. */
export interface NodePolicyDraft {
  readonly nodeSelectors: readonly SelectorDraft[];
  readonly nodeNames: readonly string[];
  /** Devices of a node; only an empty list can be kept. */
  readonly draSelectors: readonly unknown[];
  readonly commandRegex: string;
  readonly priority?: number | bigint | undefined;
  readonly executionTime: number | bigint;
}

export type CheckedNodePolicy =
  | { readonly ok: true; readonly spec: NodePolicySpec; readonly warnings: readonly string[] }
  | { readonly ok: false; readonly faults: readonly Fault[] };

const MOST_NODE_NAMES = 1_000;

/** Checks a draft against every rule and fills in the defaults; all faults come back together. */
export function checkNodePolicy(draft: NodePolicyDraft): CheckedNodePolicy {
  const faults = [
    ...selectorFaults('nodeSelectors', draft.nodeSelectors),
    ...listFaults('nodeNames', draft.nodeNames, MOST_NODE_NAMES, nodeNameFault),
    ...deviceFaults(draft.draSelectors),
    ...commandFaults(draft.commandRegex),
    ...priorityFaults(draft.priority),
    ...sliceFaults(draft.executionTime),
    ...widthFaults(draft),
  ];
  if (faults.length > 0) return { ok: false, faults };
  const priority = Number(draft.priority ?? DEFAULT_PRIORITY);
  return {
    ok: true,
    warnings: priorityWarnings(priority),
    spec: {
      nodeSelectors: draft.nodeSelectors.map(requirementOf),
      nodeNames: [...new Set(draft.nodeNames)],
      commandRegex: draft.commandRegex,
      priority,
      executionTime: Number(draft.executionTime),
    },
  };
}

/** Kept and not looked at, it would widen the policy to nodes without the device. */
function deviceFaults(selectors: readonly unknown[]): Fault[] {
  if (selectors.length === 0) return [];
  const reason =
    'must be empty: the devices of nodes (resource.k8s.io) are not read; choose the nodes by nodeSelectors or nodeNames';
  return [{ field: 'draSelectors', reason }];
}

/** Otherwise than a strategy's, an empty regex matches no process (contract 1.8): such a policy could never do anything. */
function commandFaults(commandRegex: string): Fault[] {
  if (commandRegex !== '') return patternFaults(commandRegex);
  const reason =
    'must not be empty: a node policy without it matches no process; ".*" matches every process that may be listed';
  return [{ field: 'commandRegex', reason }];
}

function widthFaults({ nodeSelectors, nodeNames, draSelectors }: NodePolicyDraft): Fault[] {
  if (nodeSelectors.length > 0 || nodeNames.length > 0 || draSelectors.length > 0) return [];
  const reason =
    'must choose nodes, or nodeNames must name some: a policy with neither matches no node; ' +
    '{"key": "kubernetes.io/hostname"} chooses all that have the label';
  return [{ field: 'nodeSelectors', reason }];
}
