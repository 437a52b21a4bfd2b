/**
 * The numbers a strategy may carry and what the scheduler is given for them (DESIGN 3).
 * Lower priority is stronger. Kernel-mode schedulers refuse priorities outside 0..20, and releases disagree
 * about 0, so 1..20 is the range every release honours.
 */
export const STRONGEST_PRIORITY = 0;
export const WEAKEST_PRIORITY = 20;
export const DEFAULT_PRIORITY = 10;

/** Time slices are nanoseconds. A slice of 0 on the wire would mean "keep the running slice" in sched_ext. */
export const DEFAULT_SLICE_NS = 20_000_000;
export const SHORTEST_SLICE_NS = 100_000;
export const LONGEST_SLICE_NS = 1_000_000_000;

/** What a strategy's `executionTime` gives its processes; 0 stands for the default slice. */
export function servedSliceNs(executionTimeNs: number): number {
  return executionTimeNs === 0 ? DEFAULT_SLICE_NS : executionTimeNs;
}

/** The priority the scheduler is told; an explicit 0 becomes 1 unless the node's operator wants it as it is. */
export function servedPriority(priority: number, serveZero: boolean): number {
  return priority === 0 && !serveZero ? 1 : priority;
}
