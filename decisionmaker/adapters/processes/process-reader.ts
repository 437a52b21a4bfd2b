import { isGone, type ProcStat, parseProcStat } from '../../domain/proc-stat.js';
import type { NodeFiles } from './node-files.js';

/** What a command regex is matched against at most, in bytes. */
const MAX_COMMAND_LINE_BYTES = 4_096;

/** Reads one process below a proc root. What it has not, or not any more, comes back as undefined. */
export class ProcessReader {
  readonly #root: string;
  readonly #files: NodeFiles;

  constructor(root: string, files: NodeFiles) {
    this.#root = root;
    this.#files = files;
  }

  /** `ended` also for a process that only waits for its parent; `refused` when it is there but may not be read. */
  stat(pid: number): ProcStat | 'ended' | 'refused' {
    const text = this.#files.text(`${this.#root}/${pid}/stat`);
    if (text === undefined) return this.#files.lastFailureWasVanishing() ? 'ended' : 'refused';
    const stat = parseProcStat(text);
    return stat === undefined || isGone(stat) ? 'ended' : stat;
  }

  /** The arguments joined by blanks. */
  commandLine(pid: number): string | undefined {
    const bytes = this.#files.bytes(`${this.#root}/${pid}/cmdline`);
    const text = bytes?.toString('utf8', 0, Math.min(bytes.length, MAX_COMMAND_LINE_BYTES));
    return text?.replace(/\0+$/, '').replaceAll('\0', ' ');
  }

  /** The executable's path in the process's own file system. */
  executable(pid: number): string | undefined {
    const target = this.#files.link(`${this.#root}/${pid}/exe`);
    // In a proc tree made of links to the real one, the first link only leads to the real link.
    const real = target !== undefined && isExeLink(target) ? this.#files.link(target) : target;
    return real?.replace(/ \(deleted\)$/, '');
  }

  /** The ids of the threads beside the main one. */
  threadIds(pid: number): readonly number[] | undefined {
    const names = this.#files.names(`${this.#root}/${pid}/task`);
    return names?.map(Number).filter((tid) => tid > 0 && tid !== pid);
  }

  threadStartTicks(pid: number, tid: number): number | undefined {
    const text = this.#files.text(`${this.#root}/${pid}/task/${tid}/stat`);
    return text === undefined ? undefined : parseProcStat(text)?.startTimeTicks;
  }
}

function isExeLink(target: string): boolean {
  return /\/\d+\/exe$/.test(target);
}
