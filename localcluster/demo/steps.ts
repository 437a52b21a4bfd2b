import { DomainError } from '../../shared/domain/domain-error.js';
import { systemClock } from '../../shared/lifecycle/clock.js';

/** Where the demo tells what it does: a line that grows on a terminal, plain lines otherwise. */
export class Steps {
  readonly #write: (text: string) => void;
  readonly #isTerminal: boolean;
  readonly #signal: AbortSignal;

  constructor(write: (text: string) => void, isTerminal: boolean, signal: AbortSignal) {
    this.#write = write;
    this.#isTerminal = isTerminal;
    this.#signal = signal;
  }

  say(text = ''): void {
    this.#write(`${text}\n`);
  }

  /**
   * Asks until the probe gives a value, and tells how long it took. Rejects after the limit with what was waited
   * for.
   */
  async until<Value>(what: string, probe: () => Promise<Value | undefined>): Promise<Value> {
    const startedAtMs = systemClock.monotonicMs();
    const elapsedMs = () => systemClock.monotonicMs() - startedAtMs;
    while (!this.#signal.aborted && elapsedMs() < LIMIT_MS) {
      const value = await probe();
      if (value !== undefined) {
        this.#finish(what, elapsedMs());
        return value;
      }
      if (this.#isTerminal) this.#write(`\r  … ${what} (${(elapsedMs() / 1_000).toFixed(1)} s)`);
      await systemClock.sleep(POLL_MS, this.#signal);
    }
    throw new DomainError('unavailable', `${what}: not within ${LIMIT_MS / 1_000} s`);
  }

  #finish(what: string, elapsedMs: number): void {
    const line = `  ✓ ${what} (${Math.round(elapsedMs)} ms)`;
    this.#write(this.#isTerminal ? `\r\u001b[2K${line}\n` : `${line}\n`);
  }
}

const LIMIT_MS = 30_000;
const POLL_MS = 10;
