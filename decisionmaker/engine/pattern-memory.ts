import type { CommandPattern } from '../../shared/domain/command-pattern.js';

/** Answers that are kept; a node's processes share few names. */
const MAX_KEPT = 20_000;

/** Answers from memory what was asked before, and measures what asking the pattern takes. */
export class PatternMemory {
  readonly #monotonicMs: () => number;
  #answers = new Map<CommandPattern, Map<string, boolean>>();
  #kept = 0;
  #spentMs = 0;

  /** @param monotonicMs See Clock.monotonicMs. */
  constructor(monotonicMs: () => number) {
    this.#monotonicMs = monotonicMs;
  }

  readonly matches = (pattern: CommandPattern, text: string): boolean => {
    const known = this.#answers.get(pattern)?.get(text);
    if (known !== undefined) return known;
    const startedAtMs = this.#monotonicMs();
    const answer = pattern.matches(text);
    this.#spentMs += this.#monotonicMs() - startedAtMs;
    this.#keep(pattern, text, answer);
    return answer;
  };

  /** Time spent in patterns since the beginning. */
  spentSeconds(): number {
    return this.#spentMs / 1_000;
  }

  /** Drops what patterns that are no longer in force have answered. */
  keepOnly(patterns: ReadonlySet<CommandPattern>): void {
    for (const [pattern, answers] of this.#answers) {
      if (patterns.has(pattern)) continue;
      this.#answers.delete(pattern);
      this.#kept -= answers.size;
    }
  }

  /** Full, it begins anew: what is in use comes back with the next look. */
  #keep(pattern: CommandPattern, text: string, answer: boolean): void {
    if (this.#kept >= MAX_KEPT) {
      this.#answers = new Map();
      this.#kept = 0;
    }
    this.#kept++;
    const ofPattern = this.#answers.get(pattern);
    if (ofPattern === undefined) this.#answers.set(pattern, new Map([[text, answer]]));
    else ofPattern.set(text, answer);
  }
}
