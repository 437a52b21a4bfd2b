import { readFileSync } from 'node:fs';
import { release } from 'node:os';
import path from 'node:path';
import { messageOf } from '../../../shared/domain/domain-error.js';
import { errnoOf } from '../../../shared/files/read-if-present.js';
import type { Clock } from '../../../shared/lifecycle/clock.js';
import { effectiveCapabilities } from '../../domain/linux-capabilities.js';
import type { AgentRights, HostFacts, SchedExtState } from '../../ports/host-facts.js';

export interface KernelFactsOptions {
  /** Where sysfs is mounted. */
  readonly sysRoot: string;
  readonly clock: Clock;
}

/** However often it is asked, sysfs is read no more often than this. */
const FRESH_MS = 1_000;

/** SCX_OPS_NAME_LEN of the kernel's include/linux/sched/ext.h, and as much again for what it adds. */
const MAX_WORD_LENGTH = 256;

/** What sysfs and procfs tell (Documentation/scheduler/sched-ext.rst of the kernel, proc_pid_status(5)). */
export class KernelFacts implements HostFacts {
  readonly kernelRelease = release();
  readonly #folder: string;
  readonly #clock: Clock;
  #last: { readonly schedExt: SchedExtState; readonly atMs: number } | undefined;

  constructor({ sysRoot, clock }: KernelFactsOptions) {
    this.#folder = path.join(sysRoot, 'kernel', 'sched_ext');
    this.#clock = clock;
  }

  schedExt(): SchedExtState {
    const nowMs = this.#clock.monotonicMs();
    if (this.#last === undefined || nowMs - this.#last.atMs >= FRESH_MS) {
      this.#last = { schedExt: this.#readSchedExt(), atMs: nowMs };
    }
    return this.#last.schedExt;
  }

  rights(): AgentRights {
    return {
      uid: process.geteuid?.() ?? 0,
      capabilities: effectiveCapabilities(wordsIn('/proc/self/status') ?? ''),
    };
  }

  #readSchedExt(): SchedExtState {
    try {
      const state = this.#word('state');
      if (state === undefined) {
        return {
          supported: false,
          reason: `there is no ${this.#folder}: the kernel needs CONFIG_SCHED_CLASS_EXT, which Linux has from 6.12 on`,
        };
      }
      const ops = this.#word('root/ops');
      const switchAll = this.#word('switch_all');
      return {
        supported: true,
        state,
        ...(ops === undefined ? {} : { ops }),
        ...(switchAll === undefined ? {} : { switchAll: switchAll !== '0' }),
      };
    } catch (error) {
      return { supported: true, reason: `${this.#folder} cannot be read (${messageOf(error)})` };
    }
  }

  #word(name: string): string | undefined {
    return wordsIn(path.join(this.#folder, name))?.trim().slice(0, MAX_WORD_LENGTH);
  }
}

/** The text of a small file; undefined when there is none. */
function wordsIn(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    // A scheduler that is unloaded meanwhile takes its folder with it.
    if (['ENOENT', 'ENODEV'].includes(errnoOf(error) ?? '')) return undefined;
    throw error;
  }
}
