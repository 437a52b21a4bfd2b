import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { packageRoot } from '../../shared/files/package-root.js';

/** The programs, built to a folder of their own, so that no other test's dist/ is pulled away. */
export class BuiltPrograms {
  readonly folder = path.join(packageRoot(), '.podium', `test-build-${randomBytes(4).toString('hex')}`);

  constructor() {
    mkdirSync(this.folder, { recursive: true });
    execFileSync(process.execPath, [path.join(packageRoot(), 'tools/build.mjs'), this.folder]);
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** A line of the program's log, or the bare text of what is no log line. */
export type LogLine = Readonly<Record<string, unknown>> & { readonly msg: string };

/** One of the programs as a process of its own. */
class PodiumProgram {
  readonly child: ChildProcess;
  readonly lines: LogLine[] = [];
  readonly exited: Promise<number | NodeJS.Signals>;
  readonly #waiting = new Set<() => void>();
  readonly #name: string;

  /** @param launcher A command that becomes the program that follows it, such as `setpriv`. */
  constructor(
    built: Pick<BuiltPrograms, 'folder'>,
    name: 'decisionmaker' | 'manager',
    args: readonly string[],
    environment: Readonly<Record<string, string>> = {},
    launcher: readonly string[] = [],
  ) {
    this.#name = name;
    const program = [process.execPath, path.join(built.folder, 'cli/main.js'), name, ...args];
    const [command = '', ...rest] = [...launcher, ...program];
    this.child = spawn(command, rest, {
      stdio: ['ignore', 'inherit', 'pipe'],
      env: { PATH: process.env.PATH ?? '', ...environment },
    });
    this.exited = new Promise((resolve) => {
      this.child.once('close', (code, signal) => resolve(code ?? signal ?? 'SIGKILL'));
    });
    if (this.child.stderr === null) throw new Error('the program has no standard error');
    createInterface(this.child.stderr).on('line', (line) => {
      this.lines.push(parsedLine(line));
      for (const look of this.#waiting) look();
    });
  }

  /** Everything it wrote to standard error. */
  text(): string {
    return this.lines.map(({ msg }) => msg).join('\n');
  }

  /** Resolves with the port once the API listens. */
  async listening(): Promise<number> {
    const line = await Promise.race([
      this.logged((candidate) => candidate.msg === 'listening'),
      this.exited.then((code) => {
        throw new Error(`podium ${this.#name} ended with ${code}: ${this.text()}`);
      }),
    ]);
    return Number(line.port);
  }

  async kill(signal: NodeJS.Signals): Promise<number | NodeJS.Signals> {
    this.child.kill(signal);
    return this.exited;
  }

  /** Resolves with the first line of this kind. */
  logged(isWanted: (line: LogLine) => boolean): Promise<LogLine> {
    return new Promise((resolve) => {
      const look = () => {
        const line = this.lines.find(isWanted);
        if (line === undefined) return;
        this.#waiting.delete(look);
        resolve(line);
      };
      this.#waiting.add(look);
      look();
    });
  }
}

export class AgentProgram extends PodiumProgram {
  /** As the others', without the program's name. */
  constructor(
    built: Pick<BuiltPrograms, 'folder'>,
    args: readonly string[],
    environment: Readonly<Record<string, string>> = {},
    launcher: readonly string[] = [],
  ) {
    super(built, 'decisionmaker', args, environment, launcher);
  }
}

export class ManagerProgram extends PodiumProgram {
  /** Configured by the environment alone. */
  constructor(built: Pick<BuiltPrograms, 'folder'>, environment: Readonly<Record<string, string>>) {
    super(built, 'manager', [], environment);
  }
}

function parsedLine(line: string): LogLine {
  try {
    return JSON.parse(line) as LogLine;
  } catch {
    return { msg: line };
  }
}
