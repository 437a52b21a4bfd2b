import { type ChildProcess, spawn } from 'node:child_process';
import type { Readable } from 'node:stream';
import type { Launch } from './launcher.js';

/** How the first process of a container ended. */
export type ProcessEnd =
  | { readonly code: number }
  | { readonly signal: NodeJS.Signals }
  /** There was no process at all. */
  | { readonly spawnError: string };

/** The first process of a container: leader of its own session, without input. */
export class ContainerProcess {
  readonly #child: ChildProcess;
  readonly ended: Promise<ProcessEnd>;

  /** Throws when the system refuses the command line itself, for instance because it is too long. */
  constructor({ file, args, environment }: Launch) {
    this.#child = spawn(file, args, {
      cwd: '/',
      env: environment,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.ended = endOf(this.#child);
  }

  /** Undefined when it could not be started. */
  get pid(): number | undefined {
    return this.#child.pid;
  }

  get stdout(): Readable | null {
    return this.#child.stdout;
  }

  get stderr(): Readable | null {
    return this.#child.stderr;
  }

  /** Does nothing once the process has ended. */
  signal(name: NodeJS.Signals): void {
    this.#child.kill(name);
  }
}

function endOf(child: ChildProcess): Promise<ProcessEnd> {
  return new Promise((resolve) => {
    child.on('error', (error) => {
      if (child.pid === undefined) resolve({ spawnError: error.message });
    });
    child.once('exit', (code, signal) => resolve(signal === null ? { code: code ?? 0 } : { signal }));
  });
}
