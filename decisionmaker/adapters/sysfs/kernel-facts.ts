import { release } from 'node:os';
import path from 'node:path';
import { messageOf } from '../../../shared/domain/domain-error.js';
import { readIfPresent } from '../../../shared/files/read-if-present.js';
import type { HostFacts, SchedExtState } from '../../ports/host-facts.js';

/** What sysfs tells (Documentation/scheduler/sched-ext.rst of the kernel). */
export class KernelFacts implements HostFacts {
  readonly kernelRelease = release();
  readonly #folder: string;

  /** @param sysRoot Where sysfs is mounted. */
  constructor(sysRoot: string) {
    this.#folder = path.join(sysRoot, 'kernel', 'sched_ext');
  }

  async schedExt(): Promise<SchedExtState> {
    try {
      const state = await readIfPresent(path.join(this.#folder, 'state'));
      if (state === undefined) {
        return {
          supported: false,
          reason: `there is no ${this.#folder}: the kernel needs CONFIG_SCHED_CLASS_EXT, which Linux has from 6.12 on`,
        };
      }
      const ops = await readIfPresent(path.join(this.#folder, 'root', 'ops'));
      return { supported: true, state: state.trim(), ...(ops === undefined ? {} : { ops: ops.trim() }) };
    } catch (error) {
      return { supported: false, reason: `${this.#folder} cannot be read: ${messageOf(error)}` };
    }
  }
}
