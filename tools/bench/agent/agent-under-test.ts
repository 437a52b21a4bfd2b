import { type ChildProcess, spawn } from 'node:child_process';
import type { KeyObject } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { Pool } from 'undici';
import { generateRsaKey, toJwks } from '../../../shared/auth/keys.js';
import { TokenIssuer } from '../../../shared/auth/token-issuer.js';
import { agentAudience, MANAGER_TOKEN_ISSUER, PATHS } from '../../../shared/contract/decision-maker-api.js';
import { builtProgram } from '../../../shared/files/built-program.js';
import { anIntent, aPostedSet, NODE } from '../../../tests/support/agent-builders.js';
import type { FleetPod } from './pod-fleet.js';

const CLOCK_TICKS_PER_SECOND = 100;

/** What a metrics page holds, by series as it is written there. */
export type MetricsPage = ReadonlyMap<string, number>;

/** The built agent as a program of its own, looked at from outside only. */
export class AgentUnderTest {
  readonly pool: Pool;
  readonly readyAfterMs: number;
  readonly #child: ChildProcess;
  readonly #folder: string;
  readonly #key: KeyObject;
  #generation = 0;

  private constructor(parts: {
    child: ChildProcess;
    port: number;
    folder: string;
    key: KeyObject;
    readyAfterMs: number;
  }) {
    this.#child = parts.child;
    this.#folder = parts.folder;
    this.#key = parts.key;
    this.readyAfterMs = parts.readyAfterMs;
    this.pool = new Pool(`http://127.0.0.1:${parts.port}`, { connections: 8, pipelining: 1 });
  }

  static async start(cgroupRoot: string): Promise<AgentUnderTest> {
    const folder = mkdtempSync(path.join(tmpdir(), 'podium-bench-'));
    const key = await generateRsaKey();
    writeFileSync(path.join(folder, 'jwks.json'), JSON.stringify(toJwks([key])));
    writeFileSync(path.join(folder, 'bench.toml'), configText(folder, cgroupRoot));
    const startedAtMs = performance.now();
    const args = [builtProgram('cli/main', import.meta.url), 'decisionmaker', '-c', 'bench', '-d', folder];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'pipe'] });
    const port = await listeningPort(child);
    return new AgentUnderTest({ child, port, folder, key, readyAfterMs: performance.now() - startedAtMs });
  }

  async stop(): Promise<void> {
    await this.pool.destroy();
    if (this.#child.exitCode === null && this.#child.signalCode === null) {
      const ended = new Promise((resolve) => this.#child.once('exit', resolve));
      this.#child.kill('SIGTERM');
      await ended;
    }
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async managerToken(): Promise<string> {
    const issuer = new TokenIssuer(this.#key, MANAGER_TOKEN_ISSUER, Date.now);
    const audience = agentAudience(NODE);
    return (await issuer.issue({ subject: 'bench', audience, lifetimeSec: 3_600 })).token;
  }

  /** Posts a set with an intent for each pod that matches all its processes. Resolves with its duration. */
  async postSetFor(pods: readonly FleetPod[]): Promise<number> {
    const intents = pods.map(({ uid, containerId }, index) =>
      anIntent({
        podID: uid,
        podName: `pod-${index}`,
        commandRegex: '^(sh|sleep)$',
        containers: [{ name: 'main', id: containerId }],
      }),
    );
    this.#generation++;
    const body = JSON.stringify(aPostedSet(intents, { generation: this.#generation }));
    const startedAtMs = performance.now();
    const { statusCode, body: answer } = await this.pool.request({
      method: 'POST',
      path: PATHS.intents,
      headers: { authorization: `Bearer ${await this.managerToken()}`, 'content-type': 'application/json' },
      body,
    });
    const text = await answer.text();
    if (statusCode !== 200) throw new Error(`the set was answered with ${statusCode}: ${text}`);
    return performance.now() - startedAtMs;
  }

  async schedulerToken(): Promise<string> {
    const pem = readFileSync(path.join(this.#folder, 'state/public-key.pem'), 'utf8');
    const { body } = await this.pool.request({
      method: 'POST',
      path: PATHS.token,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ public_key: pem }),
    });
    return ((await body.json()) as { token: string }).token;
  }

  /** What the scheduler is told; undefined when it is refused. */
  async servedPids(authorization: string): Promise<ReadonlySet<number> | undefined> {
    const { statusCode, body } = await this.pool.request({
      method: 'GET',
      path: PATHS.schedulingStrategies,
      headers: { authorization },
    });
    if (statusCode !== 200) return void (await body.dump());
    const { scheduling } = (await body.json()) as { scheduling: { pid: number }[] };
    return new Set(scheduling.map(({ pid }) => pid));
  }

  async metrics(): Promise<MetricsPage> {
    const { body } = await this.pool.request({ method: 'GET', path: '/metrics' });
    const lines = (await body.text()).split('\n').filter((line) => line !== '' && !line.startsWith('#'));
    return new Map(
      lines.map((line) => {
        const end = line.lastIndexOf(' ');
        return [line.slice(0, end), Number(line.slice(end + 1))];
      }),
    );
  }

  /** Processor time used since its start, in milliseconds, all threads together. */
  cpuMs(): number {
    const stat = readFileSync(`/proc/${this.#child.pid}/stat`, 'latin1');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return ((Number(fields[11]) + Number(fields[12])) * 1_000) / CLOCK_TICKS_PER_SECOND;
  }

  /** Open descriptors, and the inotify watches behind them. */
  descriptors(): { readonly open: number; readonly watches: number } {
    const folder = `/proc/${this.#child.pid}/fdinfo`;
    const infos = readdirSync(folder).map((name) => readIfThere(`${folder}/${name}`));
    const watches = infos.reduce((sum, text) => sum + (text.match(/^inotify /gm)?.length ?? 0), 0);
    return { open: infos.length, watches };
  }

  threads(): number {
    return readdirSync(`/proc/${this.#child.pid}/task`).length;
  }

  rssMegabytes(): number {
    const status = readFileSync(`/proc/${this.#child.pid}/status`, 'latin1');
    return Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1]) / 1_024;
  }
}

function readIfThere(file: string): string {
  try {
    return readFileSync(file, 'latin1');
  } catch {
    return '';
  }
}

function configText(folder: string, cgroupRoot: string): string {
  return `
[server]
host = "127.0.0.1:0"
[node]
name = "${NODE}"
[state]
dir = "${folder}/state"
[cgroup]
root = "${cgroupRoot}"
[auth]
manager_jwks_file = "${folder}/jwks.json"
[scheduling]
max_items = 20000
`;
}

function listeningPort(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    let log = '';
    child.once('exit', (code) => reject(new Error(`the agent ended with ${code}: ${log}`)));
    if (child.stderr === null) throw new Error('the agent has no standard error');
    createInterface(child.stderr).on('line', (line) => {
      log += `${line}\n`;
      const { msg, port } = JSON.parse(line) as { msg: string; port?: number };
      if (msg === 'listening' && port !== undefined) resolve(port);
    });
  });
}
