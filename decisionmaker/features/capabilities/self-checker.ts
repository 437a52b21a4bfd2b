import { messageOf } from '../../../shared/domain/domain-error.js';
import type { Clock } from '../../../shared/lifecycle/clock.js';
import type { Component } from '../../../shared/lifecycle/component.js';
import type { Logger } from '../../../shared/observability/logger.js';
import {
  type Finding,
  type NodeFacts,
  readinessProblem,
  type SelfCheck,
  selfCheck,
} from '../../domain/self-check.js';
import type { HostFacts } from '../../ports/host-facts.js';
import type { ProcessFacts } from '../../ports/process-table.js';
import type { ProcessView } from '../../ports/process-view.js';

export interface SelfCheckerOptions {
  readonly table: ProcessFacts;
  readonly processes: ProcessView;
  readonly host: HostFacts;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** However often it is asked, it looks no more often than this. */
const FRESH_MS = 1_000;

/**
 * Looks at what this node lets the agent do, and says in the log what it finds: everything at the start, later what
 * has changed, such as a scheduler that the kernel has ejected.
 */
export class SelfChecker implements Component {
  readonly name = 'self-check';
  readonly #options: SelfCheckerOptions;
  readonly #logged = new Map<Finding['check'], string>();
  #last: { readonly result: SelfCheck; readonly atMs: number } | undefined;

  constructor(options: SelfCheckerOptions) {
    this.#options = options;
  }

  async start(): Promise<void> {
    await this.check();
  }

  async stop(): Promise<void> {}

  async check(): Promise<SelfCheck> {
    const nowMs = this.#options.clock.monotonicMs();
    if (this.#last !== undefined && nowMs - this.#last.atMs < FRESH_MS) return this.#last.result;
    const result = await this.#look();
    this.#last = { result, atMs: nowMs };
    for (const finding of result.findings) this.#log(finding);
    return result;
  }

  /** Why the agent cannot do its work, by the last look. */
  problem(): string | undefined {
    return this.#last === undefined ? 'not looked yet' : readinessProblem(this.#last.result);
  }

  /** What works less well or not at all, by the last look. */
  note(): string | undefined {
    const findings = this.#last?.result.findings.filter(({ level }) => level !== 'ok') ?? [];
    return findings.length === 0 ? undefined : findings.map(textOf).join('; ');
  }

  async #look(): Promise<SelfCheck> {
    const { table, host } = this.#options;
    const discovery = table.discovery();
    return selfCheck({
      ...discovery,
      // Only a foreign PID namespace makes it matter how many are seen.
      processes: discovery.hostPidNamespace ? { count: 0 } : await this.#processes(),
      schedExt: host.schedExt(),
      kernelRelease: host.kernelRelease,
      capabilities: host.rights().capabilities,
    });
  }

  async #processes(): Promise<NodeFacts['processes']> {
    try {
      return { count: (await this.#options.processes.processes()).processCount };
    } catch (error) {
      return { problem: messageOf(error) };
    }
  }

  #log(finding: Finding): void {
    const text = textOf(finding);
    if (this.#logged.get(finding.check) === text) return;
    this.#logged.set(finding.check, text);
    const { check, level, detail } = finding;
    const { logger } = this.#options;
    if (level === 'ok') logger.info({ check, detail }, 'self-check');
    else logger.warn({ check, finding: level, detail }, 'self-check');
  }
}

function textOf({ check, level, detail }: Finding): string {
  return `${check} ${level}: ${detail}`;
}
