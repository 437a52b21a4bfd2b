import { spawn } from 'node:child_process';
import path from 'node:path';
import { packageRoot } from '../../shared/files/package-root.js';
import { temporaryFolder } from './temporary-folder.js';

export interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly input?: string;
  readonly env?: Readonly<Record<string, string>>;
}

export interface Running {
  readonly outcome: Promise<Outcome>;
  /** So far. */
  stderr(): string;
  end(signal: NodeJS.Signals): void;
}

const MAIN = path.join(packageRoot(), 'dist/cli/main.js');

/** The built `podium` as one user with a home of their own runs it, with no terminal. */
export class PodiumUser {
  readonly home: string;
  readonly server: string;
  readonly #remove: () => Promise<void>;

  private constructor(home: string, server: string, remove: () => Promise<void>) {
    this.home = home;
    this.server = server;
    this.#remove = remove;
  }

  static async create(server: string): Promise<PodiumUser> {
    const { path: home, remove } = await temporaryFolder();
    return new PodiumUser(home, server, remove);
  }

  get credentialsFile(): string {
    return path.join(this.home, '.config/podium/credentials.json');
  }

  run(args: readonly string[], options: RunOptions = {}): Promise<Outcome> {
    return this.start(args, options).outcome;
  }

  /** Runs a command that something is to be done about while it runs. */
  start(args: readonly string[], { input = '', env = {} }: RunOptions = {}): Running {
    const child = spawn(process.execPath, [MAIN, ...args], {
      cwd: this.home,
      env: { PATH: process.env.PATH, HOME: this.home, PODIUM_SERVER: this.server, ...env },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text) => (stderr += text));
    // A command that reads nothing may be gone before its input is.
    child.stdin.on('error', () => {}).end(input);
    const outcome = new Promise<Outcome>((resolve) => {
      child.once('close', (code) => resolve({ code, stdout, stderr }));
    });
    return { outcome, stderr: () => stderr, end: (signal) => void child.kill(signal) };
  }

  /** Runs a command that must succeed, and reads what it prints as JSON. */
  // biome-ignore lint/suspicious/noExplicitAny: answers of every command, read field by field in tests.
  async json(args: readonly string[], options?: RunOptions): Promise<any> {
    const { code, stdout, stderr } = await this.run([...args, '-o', 'json'], options);
    if (code !== 0) throw new Error(`podium ${args.join(' ')} ended with ${code}: ${stderr}`);
    return JSON.parse(stdout);
  }

  async login(username: string, password: string): Promise<void> {
    const { code, stderr } = await this.run(['login', '-u', username, '--password-stdin'], {
      input: `${password}\n`,
    });
    if (code !== 0) throw new Error(`login ended with ${code}: ${stderr}`);
  }

  async remove(): Promise<void> {
    await this.#remove();
  }
}
