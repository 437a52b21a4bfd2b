/** The failures that reading a living node brings; others are counted together, so that the labels stay few. */
const KNOWN = ['EACCES', 'EIO', 'EMFILE', 'ENODEV', 'ENOENT', 'EOPNOTSUPP', 'EPERM', 'ESRCH'] as const;
const OTHER = 'other';

/** Counts failed reads by the system's name of the failure. */
export class ReadErrors {
  readonly #counts = new Map<string, number>([...KNOWN, OTHER].map((name) => [name, 0]));

  count(errno: string | undefined): void {
    const name = errno !== undefined && this.#counts.has(errno) ? errno : OTHER;
    this.#counts.set(name, (this.#counts.get(name) ?? 0) + 1);
  }

  byErrno(): ReadonlyMap<string, number> {
    return this.#counts;
  }
}

/** Whether a failure means no more than that a process or cgroup ended while it was looked at. */
export function isVanished(errno: string | undefined): boolean {
  return errno === 'ENOENT' || errno === 'ESRCH' || errno === 'ENODEV';
}
