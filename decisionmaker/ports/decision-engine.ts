import type { Intent } from '../../shared/domain/intent.js';
import type { DecisionOptions } from '../domain/decisions.js';
import type { NodeIntent } from '../domain/node-intent.js';
import type { ProcessSnapshot } from '../domain/pod-process.js';
import type { ProcessDiscovery, ProcessTableCounts } from './process-table.js';
import type { ServedAnswer } from './served-decisions.js';

/** What schedulers read as a priority: a number, or whether there is one. */
export type PriorityFormat = 'int' | 'bool';

/** What an engine is made with. Plain values, since it may live in another thread. */
export interface EngineSettings extends DecisionOptions {
  readonly priorityFormat: PriorityFormat;
  /** A mounted procfs, or a folder of its shape. */
  readonly procRoot: string;
  /** A cgroup v2 mount, a subtree of one, the mount point of a v1 or hybrid host, or a folder of a tree's shape. */
  readonly cgroupRoot: string;
  /** Time between two looks at the processes. */
  readonly intervalMs: number;
}

/** What is wished for on this node, whole. */
export interface EngineInput {
  /** undefined = no set is known: then nothing is decided, whatever else is wished for. */
  readonly intents: readonly Intent[] | undefined;
  readonly nodeIntents: readonly NodeIntent[];
}

/** What the last look at the node and the decisions from it came to. Comes at least once a second. */
export interface EngineReport {
  /** Why the node cannot be read; undefined while it can. */
  readonly problem: string | undefined;
  /** The answer from now on; undefined = as in the report before; null = none, for want of a set. */
  readonly answer: ServedAnswer | null | undefined;
  readonly counts: EngineCounts;
  readonly discovery: ProcessDiscovery;
  /** See ProcessFacts.readErrors. */
  readonly readErrors: ReadonlyMap<string, number>;
}

export interface EngineCounts extends ProcessTableCounts {
  /** What each look since the report before took, with its decisions. */
  readonly lookSeconds: readonly number[];
  readonly decisions: number;
  /** Decisions that were left out for want of room. */
  readonly truncated: number;
  /** Spent on matching since the engine began. */
  readonly regexSeconds: number;
}

/** Looks at the node's processes by itself, again and again, and works out the answer to the scheduler. */
export interface DecisionEngine {
  /** Puts wishes in force in place of those before, from the next look on. */
  use(input: EngineInput): void;
  /** Looks now. Resolves when a look that began after this call has been reported, or a limit is over. */
  refresh(): Promise<void>;
  /** Tells that a scheduler fetched the answer with this tag. */
  polled(etag: string): void;
  /** The processes as they were last read; rejects with `unavailable` when that cannot be told, or not soon. */
  processes(): Promise<ProcessSnapshot>;
  /** Why the engine does not work now, though the node could perhaps be read; undefined while it does. */
  problem(): string | undefined;
  /** Every report goes to the one listener. */
  onReport(listener: (report: EngineReport) => void): void;
}
