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
  const patterns = compilePatterns(items);
  const faults: Fault[] = [];
  const intents = items.map((item, index) => {
    const intent = withDefaults(item);
    for (const { field, reason } of faultsOf(intent, nodeName, patterns.get(item.commandRegex))) {
      faults.push({ field: `intents[${index}].${field}`, reason });
    }
    return intent;
  });
  return faults.length === 0
    ? { ok: true, intents, patterns }
    : { ok: false, faults: firstFaults(faults, 'intents') };
}

/** As many faults as a refusal tells, and how many more there are. */
export function firstFaults(faults: readonly Fault[], listName: string): readonly Fault[] {
  if (faults.length <= MAX_FAULTS) return faults;
  const more = { field: listName, reason: `${faults.length - MAX_FAULTS} more faults` };
  return [...faults.slice(0, MAX_FAULTS), more];
}

/** Every regex of some items, compiled once. */
export function compilePatterns(
  items: readonly { readonly commandRegex: string }[],
): ReadonlyMap<string, PatternResult> {
  const patterns = new Map<string, PatternResult>();
  for (const { commandRegex } of items) {
    if (!patterns.has(commandRegex)) patterns.set(commandRegex, compileCommandPattern(commandRegex));
  }
  return patterns;
}

/** An item with the natural default of everything it leaves out. */
export function withDefaults(item: PostedItem): Intent {
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

function faultsOf(intent: Intent, nodeName: string, pattern: PatternResult | undefined): Fault[] {
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
  faults.push(...priorityFault(intent.priority), ...sliceFault(intent.executionTime));
  must(Number.isSafeInteger(intent.precedence), 'precedence', 'must be at most 2^53-1 either way from 0');
  must(
    Number.isSafeInteger(intent.strategyCreatedTime),
    'strategyCreatedTime',
    'must be Unix milliseconds, at most 2^53-1',
  );
  must(!intent.containerNames.includes(''), 'containerNames', 'must not hold an empty name');
  if (pattern?.ok === false) faults.push({ field: 'commandRegex', reason: pattern.reason });
  return faults;
}

/** The fault of a priority outside 0 to 20, if it has one. */
export function priorityFault(priority: number): Fault[] {
  if (priority >= STRONGEST_PRIORITY && priority <= WEAKEST_PRIORITY) return [];
  const reason = `must be ${STRONGEST_PRIORITY} to ${WEAKEST_PRIORITY}, found ${priority}`;
  return [{ field: 'priority', reason }];
}

/** The fault of a slice that is neither the default nor in range, if it has one. Nanoseconds. */
export function sliceFault(executionTimeNs: number): Fault[] {
  if (isSlice(executionTimeNs)) return [];
  const reason = `must be 0 or ${SHORTEST_SLICE_NS} to ${LONGEST_SLICE_NS} nanoseconds, found ${executionTimeNs}`;
  return [{ field: 'executionTime', reason }];
}

export function isSlice(executionTimeNs: number): boolean {
  return (
    executionTimeNs === 0 || (executionTimeNs >= SHORTEST_SLICE_NS && executionTimeNs <= LONGEST_SLICE_NS)
  );
}
