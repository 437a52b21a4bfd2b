/** What a self-check judges. */
export interface NodeFacts {
  readonly cgroupVersion: 'v2' | 'v1' | 'unknown';
  readonly source: 'cgroup tree' | 'proc scan';
  readonly hostPidNamespace: boolean;
  readonly hostCgroupNamespace: boolean;
  /** How many processes of pods are seen, or why they cannot be. Looked at in a foreign PID namespace only. */
  readonly processes: { readonly count: number } | { readonly problem: string };
  readonly schedExt: {
    readonly supported: boolean;
    readonly reason?: string;
    readonly state?: string;
    readonly ops?: string;
    readonly switchAll?: boolean;
  };
  readonly kernelRelease: string;
  /** Effective ones of the agent. */
  readonly capabilities: readonly string[];
}

export const FINDING_LEVELS = ['ok', 'limited', 'unsupported'] as const;

/** One thing that was looked at. */
export interface Finding {
  readonly check:
    | 'pid namespace'
    | 'cgroup namespace'
    | 'cgroup version'
    | 'sched_ext'
    | 'kernel'
    | 'executables';
  /** `limited`: something works less well. `unsupported`: what the product is for does not work here. */
  readonly level: (typeof FINDING_LEVELS)[number];
  /** What was found; where it is not `ok`, what works and what does not then, and what to do. */
  readonly detail: string;
}

export interface SelfCheck {
  /** The worst of the findings. */
  readonly level: Finding['level'];
  readonly findings: readonly Finding[];
}

/** Judges what this node lets the agent do. */
export function selfCheck(facts: NodeFacts): SelfCheck {
  const findings = [
    pidNamespace(facts),
    cgroupNamespace(facts),
    cgroupVersion(facts),
    schedExt(facts),
    { check: 'kernel', level: 'ok', detail: `the kernel is release ${facts.kernelRelease}` } as const,
    executables(facts),
  ];
  const worst = Math.max(...findings.map(({ level }) => FINDING_LEVELS.indexOf(level)));
  return { level: FINDING_LEVELS[worst] ?? 'ok', findings };
}

/**
 * What keeps the agent from its work, which is to tell the pids of pods; undefined when nothing does. A node without
 * sched_ext is no such thing: the answers are right, only nobody acts on them.
 */
export function readinessProblem({ findings }: SelfCheck): string | undefined {
  return findings.find(({ check, level }) => check === 'pid namespace' && level === 'unsupported')?.detail;
}

function pidNamespace({ hostPidNamespace, processes }: NodeFacts): Finding {
  const check = 'pid namespace';
  if (hostPidNamespace) {
    return { check, level: 'ok', detail: 'pids mean here what they mean to the scheduler' };
  }
  if ('problem' in processes) {
    return {
      check,
      level: 'unsupported',
      detail: `this is not the first PID namespace of the machine, and processes of pods cannot be read (${processes.problem}), so the agent is not ready: it needs hostPID`,
    };
  }
  if (processes.count === 0) {
    return {
      check,
      level: 'limited',
      detail:
        'this is not the first PID namespace of the machine, and no process of a pod is seen: right on a node that is itself a container, otherwise the agent needs hostPID',
    };
  }
  return {
    check,
    level: 'unsupported',
    detail:
      'processes of pods are hidden in other PID namespaces, so their pids cannot be told and the agent is not ready: it needs hostPID',
  };
}

function cgroupNamespace({ hostCgroupNamespace, source }: NodeFacts): Finding {
  const check = 'cgroup namespace';
  if (hostCgroupNamespace) return { check, level: 'ok', detail: 'cgroup paths are seen from the top' };
  if (source === 'cgroup tree') {
    return {
      check,
      level: 'ok',
      detail:
        'the cgroup namespace is private, and nothing is lost by it: the tree at cgroup.root is complete',
    };
  }
  return {
    check,
    level: 'limited',
    detail:
      'the cgroup namespace is private, and there is no cgroup v2 tree with pods at cgroup.root: paths are relative to the agent, and pods may be missed whose paths then lack the word kubepods; mount the node’s /sys/fs/cgroup there',
  };
}

function cgroupVersion({ cgroupVersion: version, source }: NodeFacts): Finding {
  const check = 'cgroup version';
  if (version === 'v2') return { check, level: 'ok', detail: 'pods are in a cgroup v2 tree' };
  if (source === 'cgroup tree') {
    return { check, level: 'ok', detail: 'cgroup.root is a folder in the shape of a cgroup tree' };
  }
  const found = version === 'v1' ? 'pods are in cgroup v1' : 'there is no cgroup hierarchy at cgroup.root';
  return {
    check,
    level: 'limited',
    detail: `${found}: decisions are right, but every process of the node is asked for its cgroup, which costs more`,
  };
}

const NOBODY_ACTS = 'decisions are served, but no process runs earlier for them';

function schedExt({ schedExt: { supported, reason, state, ops, switchAll } }: NodeFacts): Finding {
  const check = 'sched_ext';
  if (!supported) {
    return { check, level: 'unsupported', detail: `${reason ?? 'the kernel has none'}; ${NOBODY_ACTS}` };
  }
  if (reason !== undefined) {
    return {
      check,
      level: 'limited',
      detail: `${reason}: decisions are served, and it is not known whether a scheduler acts on them`,
    };
  }
  if (state !== 'enabled') {
    return { check, level: 'limited', detail: `no sched_ext scheduler is loaded (${state}): ${NOBODY_ACTS}` };
  }
  if (switchAll === false) {
    return {
      check,
      level: 'limited',
      detail: `${ops ?? 'a scheduler'} is loaded for tasks that ask for it only: for others ${NOBODY_ACTS}`,
    };
  }
  return { check, level: 'ok', detail: `${ops ?? 'a scheduler without a name'} is loaded` };
}

/** The link /proc/PID/exe is guarded by ptrace access (proc_pid_exe(5)); all else that the agent reads is not. */
function executables({ capabilities }: NodeFacts): Finding {
  const check = 'executables';
  if (capabilities.includes('CAP_SYS_PTRACE')) {
    return { check, level: 'ok', detail: 'the executables of all processes can be read' };
  }
  return {
    check,
    level: 'limited',
    detail:
      'the executables of others cannot be read: intents with commandTarget exe match none of their processes; the agent needs CAP_SYS_PTRACE for that',
  };
}
