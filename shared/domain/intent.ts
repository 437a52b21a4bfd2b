/** What a command regex is matched against: /proc/PID/comm (15 bytes), the command line, or the executable. */
export type CommandTarget = 'comm' | 'cmdline' | 'exe';
export const COMMAND_TARGETS = ['comm', 'cmdline', 'exe'] as const satisfies readonly CommandTarget[];

/** A container of a pod as its status tells it; `id` is the bare 64-hex id, without the runtime's prefix. */
export interface ContainerIdentity {
  readonly name: string;
  readonly id: string;
}

/**
 * One strategy's wish for one pod, in the form that travels from the manager to the node.
 * The first eight fields are public (contract 2.3) and make the public merkle root; the rest are ours.
 */
export interface Intent {
  readonly podName: string;
  /** The uid that the pod's cgroups carry: metadata.uid, or the config hash of a mirror pod. */
  readonly podID: string;
  readonly nodeID: string;
  readonly k8sNamespace: string;
  /** RE2, unanchored; empty matches every process of the pod. */
  readonly commandRegex: string;
  readonly priority: number;
  /** Nanoseconds; 0 = default slice. */
  readonly executionTime: number;
  readonly podLabels: Readonly<Record<string, string>>;

  /** 24 hex, derived from strategy id and pod uid. */
  readonly id: string;
  readonly strategyID: string;
  /** When the strategy was created, in Unix milliseconds: the last but one tie-break of precedence. */
  readonly strategyCreatedTime: number;
  readonly precedence: number;
  readonly commandTarget: CommandTarget;
  /** Empty = every container. */
  readonly containerNames: readonly string[];
  /** Also list the threads of matching processes. */
  readonly threads: boolean;
  /** Names and ids of the pod's containers as far as its status knows them. */
  readonly containers: readonly ContainerIdentity[];
}

/** A node's whole set, as one POST /api/v1/intents carries it (DESIGN 9, "fenced"). */
export interface IntentSet {
  readonly nodeName: string;
  readonly epoch: number;
  readonly generation: number;
  /** See intentSetDigest. */
  readonly digest: string;
  /** Weakest first. */
  readonly intents: readonly Intent[];
}

/** Which set an agent holds. */
export interface SetVersion {
  readonly epoch: number;
  readonly generation: number;
  readonly digest: string;
}

/** Negative when `a` is older than `b` in the order (epoch, generation), 0 when they are the same pair. */
export function compareVersions(
  a: Pick<SetVersion, 'epoch' | 'generation'>,
  b: Pick<SetVersion, 'epoch' | 'generation'>,
): number {
  return a.epoch - b.epoch || a.generation - b.generation;
}
