import { type ChildProcess, spawn } from 'node:child_process';
import path from 'node:path';

/** How a kubectl command ended and what it printed. */
export interface Ran {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A kubectl command that goes on until it is stopped. */
export interface Running {
  /** Resolves when it has printed that many lines; rejects after a while. */
  printed(lines: number): Promise<void>;
  stop(): Promise<Ran>;
}

export interface Kubectl {
  /** The minor version of the program, such as 34. */
  readonly minor: number;
  run(args: readonly string[], stdin?: string): Promise<Ran>;
  start(args: readonly string[]): Running;
}

export interface KubectlOptions {
  readonly kubectl: string;
  readonly kubeconfig: string;
  /** Where it keeps its caches; holds editor.sh. */
  readonly folder: string;
}

const TIMEOUT_MS = 60_000;

/** A kubectl with a server, a cache of its own and nothing of the user's configuration. */
export async function kubectlFor({ kubectl, kubeconfig, folder }: KubectlOptions): Promise<Kubectl> {
  const common = ['--kubeconfig', kubeconfig, '--cache-dir', path.join(folder, 'cache')];
  const env = {
    PATH: process.env.PATH ?? '',
    HOME: folder,
    TERM: 'dumb',
    KUBE_EDITOR: path.join(folder, 'editor.sh'),
  };
  const spawned = (args: readonly string[]) => spawn(kubectl, [...common, ...args], { env, cwd: folder });
  const run = async (args: readonly string[], stdin?: string) => {
    const child = spawned(args);
    child.stdin.end(stdin ?? '');
    return ended(child, collect(child));
  };
  const version = await run(['version', '--client', '-o', 'json']);
  const { minor } = JSON.parse(version.stdout).clientVersion;
  return {
    minor: Number.parseInt(minor, 10),
    run,
    start: (args) => {
      const child = spawned(args);
      const output = collect(child);
      return {
        printed: (lines) => printed(child, output, lines),
        stop: () => {
          child.kill('SIGTERM');
          return ended(child, output);
        },
      };
    },
  };
}

interface Output {
  stdout: string;
  stderr: string;
}

function collect(child: ChildProcess): Output {
  const output = { stdout: '', stderr: '' };
  child.stdout?.on('data', (chunk) => {
    output.stdout += chunk;
  });
  child.stderr?.on('data', (chunk) => {
    output.stderr += chunk;
  });
  return output;
}

async function ended(child: ChildProcess, output: Output): Promise<Ran> {
  const timer = setTimeout(() => child.kill('SIGKILL'), TIMEOUT_MS);
  const exitCode =
    child.exitCode ??
    (await new Promise<number>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code, signal) => resolve(signal === 'SIGTERM' ? 0 : (code ?? -1)));
    }));
  clearTimeout(timer);
  return { exitCode, ...output };
}

async function printed(child: ChildProcess, output: Output, lines: number): Promise<void> {
  const deadline = performance.now() + TIMEOUT_MS;
  while (output.stdout.split('\n').length <= lines) {
    if (performance.now() > deadline || child.exitCode !== null) {
      throw new Error(`expected ${lines} lines from kubectl, found:\n${output.stdout}${output.stderr}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
