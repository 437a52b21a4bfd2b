import type { Placeholders } from './differences.js';

/** The stand-ins that every recording has: times, tokens and numbers that differ from run to run. */
export function fitsAnyRun(recorded: string, ours: unknown): boolean {
  if (recorded === '<time>') return typeof ours === 'string' && /^\d{4}-\d\d-\d\dT[\d:]{8}Z$/.test(ours);
  if (recorded === '<token>') return typeof ours === 'string' && /^[\w-]+\.[\w-]+\.[\w-]+$/.test(ours);
  return /^<number[:>]/.test(recorded) && Number.isInteger(ours);
}

/** The stand-ins of calls to an agent: the processes have names. */
export function agentPlaceholders(pids: ReadonlyMap<string, number>): Placeholders {
  const placeholders: Placeholders = {
    fits: (recorded, ours) => {
      const pidName = /^<number:pid:(.+)>$/.exec(recorded)?.[1];
      return pidName === undefined ? fitsAnyRun(recorded, ours) : ours === pids.get(pidName);
    },
    copy: () => placeholders,
  };
  return placeholders;
}

/** The stand-ins of calls to a manager: objects have numbers, pods and processes names. */
export class ManagerPlaceholders implements Placeholders {
  /** By the stand-in without its brackets, such as `id:3`, `uid:web-1` or `number:pid:web-1.nginx`. */
  readonly #values: Map<string, unknown>;

  constructor(values: ReadonlyMap<string, unknown> = new Map()) {
    this.#values = new Map(values);
  }

  /** Says what a stand-in is from now on. */
  set(name: string, value: unknown): void {
    this.#values.set(name, value);
  }

  /** An id that was not seen before is the one that stands there first. */
  fits(recorded: string, ours: unknown): boolean {
    const name = /^<((?:id|uid|number:pid):[^>]+)>$/.exec(recorded)?.[1];
    if (name === undefined) return fitsAnyRun(recorded, ours);
    if (this.#values.has(name)) return this.#values.get(name) === ours;
    const isNewId = typeof ours === 'string' && /^[0-9a-f]{24}$/.test(ours) && !this.#isTaken(ours);
    if (isNewId) this.#values.set(name, ours);
    return isNewId;
  }

  copy(): ManagerPlaceholders {
    return new ManagerPlaceholders(this.#values);
  }

  /** A request's text with this run's ids. Throws for one that no answer has named yet. */
  filledIn(text: string): string {
    return text.replaceAll(/<((?:id|uid):[^>]+)>/g, (_all, name: string) => {
      if (!this.#values.has(name)) throw new Error(`no answer has named ${name} yet`);
      return String(this.#values.get(name));
    });
  }

  #isTaken(id: string): boolean {
    return [...this.#values.values()].includes(id);
  }
}
