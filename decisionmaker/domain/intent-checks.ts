import { compileCommandPattern, type PatternResult } from '../../shared/domain/command-pattern.js';
import type { Fault } from '../../shared/domain/domain-error.js';
import type { CommandTarget, ContainerIdentity, Intent } from '../../shared/domain/intent.js';
import {
  DEFAULT_PRIORITY,
  LONGEST_SLICE_NS,
  SHORTEST_SLICE_NS,
  STRONGEST_PRIORITY,
  WEAKEST_PRIORITY,
} from '../../shared/domain/scheduling-values.js';

/** An intent as it was posted: of the right types, its values not yet judged. */
export interface PostedItem {
  readonly podName: string;
  readonly podID: string;
  readonly nodeID: string;
  readonly k8sNamespace: string;
  readonly commandRegex: string;
  readonly podLabels: Readonly<Record<string, string>>;
  readonly priority?: number | bigint | undefined;
  readonly executionTime?: number | bigint | undefined;
  readonly id?: string | undefined;
  readonly strategyID?: string | undefined;
  readonly strategyCreatedTime?: number | bigint | undefined;
  readonly precedence?: number | bigint | undefined;
  readonly commandTarget?: CommandTarget | undefined;
  readonly containerNames?: readonly string[] | undefined;
  readonly threads?: boolean | undefined;
  readonly containers?: readonly ContainerIdentity[] | undefined;
}

export type CheckedItems =
  | {
      readonly ok: true;
      readonly intents: readonly Intent[];
      /** Every regex of the set, compiled once. */
      readonly patterns: ReadonlyMap<string, PatternResult>;
    }
  | { readonly ok: false; readonly faults: readonly Fault[] };

/** A refusal tells this many faults and counts the rest: a large set can have them by the hundred thousand. */
const MAX_FAULTS = 100;

/**
 * Judges every item of a fenced set for one node. What an item leaves out has its natural default; the digest of
 * the set tells whether the sender meant the same.
 */
export function checkItems(items: readonly PostedItem[], nodeName: string): CheckedItems {
  const patterns = new Map<string, PatternResult>();
  const faults: Fault[] = [];
  let found = 0;
  const intents = items.map((item, index) => {
    const intent = withDefaults(item);
    const pattern = patterns.get(item.commandRegex) ?? compileCommandPattern(item.commandRegex);
    patterns.set(item.commandRegex, pattern);
    for (const { field, reason } of faultsOf(intent, nodeName, pattern)) {
      found++;
      if (found <= MAX_FAULTS) faults.push({ field: `intents[${index}].${field}`, reason });
    }
    return intent;
  });
  if (found > MAX_FAULTS) faults.push({ field: 'intents', reason: `${found - MAX_FAULTS} more faults` });
  return faults.length === 0 ? { ok: true, intents, patterns } : { ok: false, faults };
}

function withDefaults(item: PostedItem): Intent {
  return {
    podName: item.podName,
    podID: item.podID,
    nodeID: item.nodeID,
    k8sNamespace: item.k8sNamespace,
    commandRegex: item.commandRegex,
    priority: Number(item.priority ?? DEFAULT_PRIORITY),
    executionTime: Number(item.executionTime ?? 0),
    podLabels: item.podLabels,
    id: item.id ?? '',
    strategyID: item.strategyID ?? '',
    strategyCreatedTime: Number(item.strategyCreatedTime ?? 0),
    precedence: Number(item.precedence ?? 0),
    commandTarget: item.commandTarget ?? 'comm',
    containerNames: item.containerNames ?? [],
    threads: item.threads ?? false,
    containers: item.containers ?? [],
  };
}

/** Kubernetes bounds names and uids well below this; a pod's cgroup carries the uid in a file name. */
const MAX_UID_LENGTH = 253;

function faultsOf(intent: Intent, nodeName: string, pattern: PatternResult): Fault[] {
  const faults: Fault[] = [];
  const must = (holds: boolean, field: keyof Intent, reason: string) => {
    if (!holds) faults.push({ field, reason });
  };
  must(intent.id !== '', 'id', 'must not be empty');
  must(intent.strategyID !== '', 'strategyID', 'must not be empty');
  must(
    intent.podID !== '' && intent.podID.length <= MAX_UID_LENGTH,
    'podID',
    `must be the uid that the pod's cgroups carry, 1 to ${MAX_UID_LENGTH} characters`,
  );
  must(
    intent.nodeID === nodeName,
    'nodeID',
    `must be ${nodeName}, this node's name, found ${JSON.stringify(intent.nodeID)}`,
  );
  must(
    intent.priority >= STRONGEST_PRIORITY && intent.priority <= WEAKEST_PRIORITY,
    'priority',
    `must be ${STRONGEST_PRIORITY} to ${WEAKEST_PRIORITY}, found ${intent.priority}`,
  );
  must(
    isSlice(intent.executionTime),
    'executionTime',
    `must be 0 or ${SHORTEST_SLICE_NS} to ${LONGEST_SLICE_NS} nanoseconds, found ${intent.executionTime}`,
  );
  must(Number.isSafeInteger(intent.precedence), 'precedence', 'must be at most 2^53-1 either way from 0');
  must(
    Number.isSafeInteger(intent.strategyCreatedTime),
    'strategyCreatedTime',
    'must be Unix milliseconds, at most 2^53-1',
  );
  must(!intent.containerNames.includes(''), 'containerNames', 'must not hold an empty name');
  must(pattern.ok, 'commandRegex', pattern.ok ? '' : pattern.reason);
  return faults;
}

function isSlice(executionTimeNs: number): boolean {
  return (
    executionTimeNs === 0 || (executionTimeNs >= SHORTEST_SLICE_NS && executionTimeNs <= LONGEST_SLICE_NS)
  );
}
