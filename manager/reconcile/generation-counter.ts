import type { SetVersion } from '../../shared/domain/intent.js';

/**
 * Gives one node's sets their pairs: generations count from 1 within an epoch, and the same set keeps its pair,
 * so that sending it again changes nothing.
 */
export class GenerationCounter {
  #last: SetVersion | undefined;

  versionFor(epoch: number, digest: string): SetVersion {
    const last = this.#last?.epoch === epoch ? this.#last : undefined;
    if (last?.digest === digest) return last;
    const version = { epoch, generation: (last?.generation ?? 0) + 1, digest };
    this.#last = version;
    return version;
  }

  /** Counts on from a pair that an agent has seen and we have forgotten. */
  adopt(held: SetVersion): void {
    this.#last = held;
  }
}
