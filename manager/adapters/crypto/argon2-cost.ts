/** What an Argon2 hash costs. */
export interface Argon2Cost {
  /** KiB. */
  readonly memoryCost: number;
  /** Passes. */
  readonly timeCost: number;
  /** Lanes. */
  readonly parallelism: number;
}

const ENCODED = /^\$argon2(id|i|d)\$(?:v=\d+\$)?m=(\d+),t=(\d+),p=(\d+)\$/;

/** The cost that stands in an encoded hash, and whether it is of the variant we make; undefined for anything else. */
export function costOf(hash: string): (Argon2Cost & { readonly isArgon2id: boolean }) | undefined {
  const [, variant, memoryCost, timeCost, parallelism] = ENCODED.exec(hash) ?? [];
  if (variant === undefined) return undefined;
  return {
    isArgon2id: variant === 'id',
    memoryCost: Number(memoryCost),
    timeCost: Number(timeCost),
    parallelism: Number(parallelism),
  };
}

/** Argon2's time is that of filling its memory once for each pass. */
function workOf({ memoryCost, timeCost }: Argon2Cost): number {
  return memoryCost * timeCost;
}

/** The least memory that Argon2 takes for one lane (RFC 9106 3.1). */
const LEAST_MEMORY = 8;

/**
 * The work that is left to do after a hash of less cost, so that both together take as long as one of the full cost.
 * Undefined when nothing is left.
 */
export function restOfWork(full: Argon2Cost, done: Argon2Cost): Argon2Cost | undefined {
  const memoryCost = Math.round((workOf(full) - workOf(done)) / full.timeCost);
  return memoryCost < LEAST_MEMORY ? undefined : { ...full, memoryCost };
}

export function isWeaker(hash: Argon2Cost, ours: Argon2Cost): boolean {
  return hash.memoryCost < ours.memoryCost || workOf(hash) < workOf(ours);
}
