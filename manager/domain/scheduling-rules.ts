import { compileCommandPattern } from '../../shared/domain/command-pattern.js';
import type { Fault } from '../../shared/domain/domain-error.js';
import {
  LONGEST_SLICE_NS,
  SHORTEST_SLICE_NS,
  STRONGEST_PRIORITY,
  WEAKEST_PRIORITY,
} from '../../shared/domain/scheduling-values.js';

/** Of a strategy or a node policy alike, as every rule here (DESIGN 3). */
export function patternFaults(commandRegex: string): Fault[] {
  const result = compileCommandPattern(commandRegex);
  return result.ok ? [] : [{ field: 'commandRegex', reason: result.reason }];
}

/** @param priority As it came in, which may be larger than a double holds; undefined = the default. */
export function priorityFaults(priority: number | bigint | undefined): Fault[] {
  if (priority === undefined) return [];
  if (priority >= STRONGEST_PRIORITY && priority <= WEAKEST_PRIORITY) return [];
  const reason = `must be ${STRONGEST_PRIORITY} (strongest) to ${WEAKEST_PRIORITY} (weakest), found ${priority}`;
  return [{ field: 'priority', reason }];
}

/** @param executionTime Nanoseconds. */
export function sliceFaults(executionTime: number | bigint): Fault[] {
  if (Number(executionTime) === 0) return [];
  if (executionTime >= SHORTEST_SLICE_NS && executionTime <= LONGEST_SLICE_NS) return [];
  const reason = `must be 0 (default slice) or ${SHORTEST_SLICE_NS} to ${LONGEST_SLICE_NS} ns, found ${executionTime}`;
  return [{ field: 'executionTime', reason }];
}

/** What people are told beside a priority that is allowed. */
export function priorityWarnings(priority: number): readonly string[] {
  return priority === 0 ? [ZERO_WARNING] : [];
}

const ZERO_WARNING =
  'priority 0 means different things to different scheduler releases: it is kept, and served as 1 unless the ' +
  'node is set to serve 0';

/** The faults of a list of names; `faultOf` says why one cannot be. */
export function listFaults(
  listName: string,
  names: readonly string[],
  most: number,
  faultOf: (name: string) => string | undefined,
): Fault[] {
  if (names.length > most)
    return [{ field: listName, reason: `must be at most ${most}, found ${names.length}` }];
  return names.flatMap((name, index) => {
    const reason = faultOf(name);
    return reason === undefined ? [] : [{ field: `${listName}[${index}]`, reason }];
  });
}
