import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const dist = fileURLToPath(new URL('../../dist', import.meta.url));

function mainOf(name: string): string {
  return path.join(dist, 'localcluster', name, 'main.js');
}

const KILL_AFTER_MS = 20_000;

/** A built program of the local cluster that runs beside a test. It ends with the test's process at the latest. */
export class LocalProgram {
  readonly #child: ChildProcess;
  readonly #exited: Promise<unknown[]>;
  readonly #killAtExit = () => this.#child.kill('SIGKILL');

  private constructor(child: ChildProcess) {
    this.#child = child;
    this.#exited = once(child, 'exit');
    process.once('exit', this.#killAtExit);
  }

  /** Starts `dist/localcluster/NAME/main.js`; what it says goes to the end of the log file. */
  static start(name: string, args: readonly string[], logFile: string): LocalProgram {
    return LocalProgram.#spawn([process.execPath, mainOf(name), ...args], logFile);
  }

  /** The same as the child of a shell, which is the program that is signalled. */
  static startBelowShell(name: string, args: readonly string[], logFile: string): LocalProgram {
    const command = [process.execPath, mainOf(name), ...args];
    return LocalProgram.#spawn(['/bin/sh', '-c', '"$@" & wait', 'sh', ...command], logFile);
  }

  static #spawn([file = '', ...args]: readonly string[], logFile: string): LocalProgram {
    const log = openSync(logFile, 'a', 0o600);
    try {
      return new LocalProgram(spawn(file, args, { stdio: ['ignore', log, log] }));
    } finally {
      closeSync(log);
    }
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** Sends a signal and waits for the end; gives the exit code, or the signal that has ended it. */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | NodeJS.Signals> {
    this.#child.kill(signal);
    const kill = setTimeout(() => this.#child.kill('SIGKILL'), KILL_AFTER_MS);
    const [code, endedBy] = await this.#exited;
    clearTimeout(kill);
    process.off('exit', this.#killAtExit);
    return (code ?? endedBy) as number | NodeJS.Signals;
  }
}
