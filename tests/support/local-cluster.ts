import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { chown, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { DemoCluster } from '../../localcluster/demo/demo-cluster.js';
import { packageRoot } from '../../shared/files/package-root.js';

export interface ClusterFacts {
  readonly managerUrl: string;
  readonly username: string;
  readonly password: string;
  readonly kubeconfig: string;
  readonly nodes: readonly { name: string; decisionMakerUrl: string; publicKeyFile: string }[];
  readonly stateDir: string;
}

export interface RunningCluster {
  readonly facts: ClusterFacts;
  /** The cluster as a user, a scheduler and kubectl see it. */
  readonly seen: DemoCluster;
  /** Process id of `podium local`. */
  readonly pid: number;
  stderr(): string;
  /** Ends it as Ctrl-C does; resolves with the exit code when it and its folder are gone. */
  stop(): Promise<number | null>;
}

export interface LocalRun {
  readonly child: ChildProcess;
  readonly stdout: () => string;
  readonly stderr: () => string;
  /** Exit code when it has ended. */
  readonly ended: Promise<number | null>;
  /** The first line of standard output. Rejects when it ends before. */
  readonly firstLine: Promise<string>;
}

const MAIN = path.join(packageRoot(), 'dist/cli/main.js');
const forever = new AbortController().signal;

/** Runs `podium` with arguments, its state out of the user's way. */
export function runPodium(
  args: readonly string[],
  options: { env?: NodeJS.ProcessEnv; uid?: number } = {},
): LocalRun {
  const child = spawn(process.execPath, [MAIN, ...args], {
    env: { ...process.env, ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(options.uid === undefined ? {} : { uid: options.uid, gid: options.uid, cwd: '/' }),
  });
  let out = '';
  let err = '';
  child.stderr.setEncoding('utf8').on('data', (text) => (err += text));
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
  const firstLine = new Promise<string>((resolve, reject) => {
    const lines = createInterface({ input: child.stdout });
    lines.on('line', (line) => {
      out += `${line}\n`;
      resolve(line);
    });
    void ended.then((code) => reject(new Error(`podium ${args[0]} ended with ${code}: ${err}`)));
  });
  firstLine.catch(() => {});
  return { child, ended, firstLine, stdout: () => out, stderr: () => err };
}

/** Starts a cluster on free ports in a folder of its own, and waits until it is ready. */
export async function startLocalCluster(
  args: readonly string[] = [],
  options: { uid?: number } = {},
): Promise<RunningCluster> {
  const folder = await mkdtemp(path.join(tmpdir(), 'podium-e2e-'));
  if (options.uid !== undefined) await giveTo(folder, options.uid);
  const run = runPodium(
    ['local', '--json', '--port=0', `--state-dir=${path.join(folder, 'state')}`, '--no-samples', ...args],
    { ...options, env: { XDG_STATE_HOME: path.join(folder, 'user-state'), HOME: folder } },
  );
  const facts = JSON.parse(await run.firstLine) as ClusterFacts;
  const seen = await DemoCluster.open(facts, forever);
  return {
    facts,
    seen,
    pid: run.child.pid ?? 0,
    stderr: run.stderr,
    stop: async () => {
      await seen.close();
      run.child.kill('SIGINT');
      const code = await run.ended;
      await rm(folder, { recursive: true, force: true });
      return code;
    },
  };
}

async function giveTo(folder: string, uid: number): Promise<void> {
  await chown(folder, uid, uid);
}

/**
 * A process as `ps` shows it: the operating system's own view, through a program that is not ours. Zombies, which
 * only wait for whoever adopted them to look, are none.
 */
export interface SystemProcess {
  readonly pid: number;
  readonly parentPid: number;
  readonly command: string;
  readonly commandLine: string;
}

export async function systemProcesses(): Promise<SystemProcess[]> {
  const { stdout } = await promisify(execFile)('ps', ['-eo', 'pid=,ppid=,stat=,comm=,args='], {
    maxBuffer: 16 * 1024 * 1024,
  });
  return stdout
    .trimEnd()
    .split('\n')
    .flatMap((line) => {
      const match = /^\s*(\d+)\s+(\d+)\s+(\S+)\s+(\S+)\s+(.*)$/.exec(line);
      if (match === null) return [];
      const [, pid, parentPid, state, command, commandLine] = match;
      if (state?.startsWith('Z')) return [];
      return [
        {
          pid: Number(pid),
          parentPid: Number(parentPid),
          command: command ?? '',
          commandLine: commandLine ?? '',
        },
      ];
    });
}

/** Pids of the cluster's own programs by their log name, such as `manager` or `decisionmaker-node-1`. */
export async function programPid(cluster: RunningCluster, matching: RegExp): Promise<number> {
  const own = (await systemProcesses()).filter(({ parentPid }) => parentPid === cluster.pid);
  const found: number[] = [];
  for (const { pid, commandLine } of own) {
    const environment = await readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '');
    if (matching.test(`${commandLine}\0${environment}`)) found.push(pid);
  }
  if (found.length === 1) return found[0] ?? 0;
  throw new Error(`expected one program for ${matching}, found ${found.length}`);
}
