import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { open, readFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const POLL_INTERVAL_MS = 50;
/** A test's servers have nothing to save, and an API server would wait a minute for clients that still watch. */
const KILL_AFTER_MS = 2_000;
const TAIL_LINES = 25;

export interface ServerCommand {
  readonly binary: string;
  readonly args: readonly string[];
  /** Its working folder and home, and where its log goes. */
  readonly folder: string;
}

/** A server that runs beside a test, with its output in a file. It ends with the test's process at the latest. */
export class ServerProcess {
  readonly #name: string;
  readonly #child: ChildProcess;
  readonly #logFile: string;
  readonly #ended: Promise<string>;
  readonly #killAtExit = () => this.#child.kill('SIGKILL');
  #running = true;

  private constructor(name: string, child: ChildProcess, logFile: string) {
    this.#name = name;
    this.#child = child;
    this.#logFile = logFile;
    this.#ended = ending(child).finally(() => {
      this.#running = false;
      process.off('exit', this.#killAtExit);
    });
    process.once('exit', this.#killAtExit);
  }

  /** Starts the server; whether it lasts and is ready is told by `whenReady`. */
  static async start(command: ServerCommand): Promise<ServerProcess> {
    const name = path.basename(command.binary);
    const logFile = path.join(command.folder, `${name}.log`);
    const log = await open(logFile, 'a', 0o600);
    try {
      const child = spawn(command.binary, command.args, {
        cwd: command.folder,
        env: { PATH: process.env.PATH, HOME: command.folder },
        stdio: ['ignore', log.fd, log.fd],
      });
      return new ServerProcess(name, child, logFile);
    } finally {
      await log.close();
    }
  }

  /**
   * Asks `isReady` until it says true. Rejects with the tail of the server's log when the server ends before
   * that or `timeoutMs` have passed, and with the signal's reason when that aborts.
   */
  async whenReady(isReady: () => Promise<boolean>, timeoutMs: number, signal: AbortSignal): Promise<void> {
    const deadline = performance.now() + timeoutMs;
    for (;;) {
      signal.throwIfAborted();
      if (!this.#running) throw await this.#failure(`ended (${await this.#ended}) before it was ready`);
      if (await isReady()) return;
      if (performance.now() > deadline) throw await this.#failure(`was not ready after ${timeoutMs} ms`);
      await sleep(POLL_INTERVAL_MS);
    }
  }

  /** Ends the server by its pid and waits until it is gone: SIGTERM, and SIGKILL when that takes too long. */
  async stop(): Promise<void> {
    this.#child.kill('SIGTERM');
    const kill = setTimeout(() => this.#child.kill('SIGKILL'), KILL_AFTER_MS);
    await this.#ended;
    clearTimeout(kill);
  }

  /** Ends the server without a word, as a crash would, and waits until it is gone. */
  async kill(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.#ended;
  }

  async #failure(what: string): Promise<Error> {
    const lines = (await readFile(this.#logFile, 'utf8')).trimEnd().split('\n');
    return new Error(`${this.#name} ${what}; the end of its log:\n${lines.slice(-TAIL_LINES).join('\n')}`);
  }
}

/** Settles when the process has ended or could not be started, with a word on how. */
async function ending(child: ChildProcess): Promise<string> {
  try {
    const [code, signal] = await once(child, 'exit');
    return signal === null ? `exit code ${code}` : `${signal}`;
  } catch (error) {
    return String(error);
  }
}
