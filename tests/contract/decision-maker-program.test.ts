import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { toJwks } from '../../shared/auth/keys.js';
import { PATHS } from '../../shared/contract/decision-maker-api.js';
import { anIntent, aPostedSet, CONTAINER_ID, NODE, POD_UID } from '../support/agent-builders.js';
import { AgentProgram, BuiltPrograms } from '../support/agent-program.js';
import { containerCgroup } from '../support/pod-cgroups.js';
import { SimulatedNode } from '../support/simulated-node.js';
import { AgentClient, managerKey } from '../support/test-agent.js';

let built: BuiltPrograms;
beforeAll(() => {
  built = new BuiltPrograms();
});
afterAll(() => built.remove());

let node: SimulatedNode;
let folder: string;
let stateDir: string;
const programs: AgentProgram[] = [];
beforeEach(async () => {
  node = new SimulatedNode();
  folder = mkdtempSync(path.join(tmpdir(), 'podium-agent-program-'));
  stateDir = path.join(folder, 'state');
  writeFileSync(path.join(folder, 'jwks.json'), JSON.stringify(toJwks([await managerKey()])));
  writeConfig();
});
afterEach(async () => {
  for (const program of programs.splice(0)) await program.kill('SIGKILL');
  node.close();
  rmSync(folder, { recursive: true });
});

function writeConfig(name = 'dm_config', more = ''): void {
  writeFileSync(
    path.join(folder, `${name}.toml`),
    `
    [server]
    host = "127.0.0.1:0"
    [node]
    name = "${NODE}"
    [state]
    dir = "${stateDir}"
    [proc]
    root = "${node.procRoot}"
    [cgroup]
    root = "${node.cgroupRoot}"
    [auth]
    manager_jwks_file = "${folder}/jwks.json"
    ${more}
    `,
  );
}

function start(environment: Readonly<Record<string, string>> = {}, args = ['-d', folder]): AgentProgram {
  const program = new AgentProgram(built, args, environment);
  programs.push(program);
  return program;
}

async function clientOf(program: AgentProgram): Promise<AgentClient> {
  return new AgentClient(await program.listening(), stateDir, await managerKey());
}

const CGROUP = containerCgroup('systemd', POD_UID, CONTAINER_ID);

describe('the agent as a program', () => {
  it('gives the right answer first after kill -9, and until then none but errors', async () => {
    for (const pid of [500, 501, 502]) node.put({ pid, cgroup: CGROUP, comm: 'nginx' });
    const first = start();
    const client = await clientOf(first);
    await client.postSet(aPostedSet([anIntent({ priority: 7 })]));
    const before = await client.items();
    expect(before).toHaveLength(3);

    await first.kill('SIGKILL');
    node.put({ pid: 503, cgroup: CGROUP, comm: 'nginx' });
    const second = start({ DM_SERVER_HOST: client.url.replace('http://', '') });
    const answers: { status: number | 'refused'; pids?: number[] }[] = [];
    while (answers.at(-1)?.status !== 200) {
      const answer = await client.strategies().catch(() => undefined);
      const pids = answer?.body?.scheduling?.map(({ pid }: { pid: number }) => pid);
      answers.push(answer === undefined ? { status: 'refused' } : { status: answer.status, pids });
      if (answers.length > 20_000) throw new Error(second.text());
    }

    expect(answers.at(-1)?.pids).toEqual([500, 501, 502, 503]);
    expect(new Set(answers.slice(0, -1).map(({ status }) => status))).toEqual(new Set(['refused']));
  });

  it('has after kill -9 at any moment the last set that it acknowledged, or a later one', async () => {
    node.put({ pid: 500, cgroup: CGROUP });
    let acknowledged = 0;
    for (const round of [1, 2, 3]) {
      const program = start();
      const client = await clientOf(program);
      const held = (await client.asManager('GET', PATHS.intentsMerkle)).body.data.set;
      expect(held?.generation ?? 0).toBeGreaterThanOrEqual(acknowledged);
      expect((await client.strategies()).status).toBe(held === null ? 503 : 200);

      const killed = new Promise((resolve) => setTimeout(resolve, 40 * round)).then(() =>
        program.kill('SIGKILL'),
      );
      for (let generation = (held?.generation ?? 0) + 1; ; generation++) {
        const answer = await client.postSet(aPostedSet([anIntent()], { generation })).catch(() => undefined);
        if (answer === undefined) break;
        expect(answer.status).toBe(200);
        acknowledged = generation;
      }
      await killed;
    }
    expect(acknowledged).toBeGreaterThan(0);
  });

  it.each(['SIGTERM', 'SIGINT'] as const)('answers what was begun and ends well at %s', async (signal) => {
    node.put({ pid: 500, cgroup: CGROUP });
    const program = start();
    const client = await clientOf(program);
    await client.asManager('GET', PATHS.intentsMerkle);
    const begun = client.postSet(aPostedSet([anIntent()]));
    await program.logged(({ msg }) => msg === 'a set was written to disk and is in force');

    expect(await program.kill(signal)).toBe(0);
    expect((await begun).status).toBe(200);
  });

  it('takes name and folder of its file from the environment before the arguments', async () => {
    writeConfig('other', '[logging]\nlevel = "debug"');

    const program = start({ DM_CONFIG_NAME: 'other', DM_CONFIG_DIR_PATH: folder }, [
      '-c',
      'nope',
      '-d',
      '/nope',
    ]);

    expect(await program.listening()).toBeGreaterThan(0);
    expect(program.lines.some(({ level }) => level === 'debug')).toBe(true);
  });

  it('lists every fault of its configuration and ends with 1', async () => {
    writeConfig('dm_config', '[mtls]\nenable = true\n[scheduling]\npriority_format = "float"\nmax_itmes = 3');

    const program = start({ DM_REFRESH_INTERVAL_MS: 'soon' });

    expect(await program.exited).toBe(1);
    for (const field of [
      'mtls.cert_file',
      'mtls.key_file',
      'mtls.ca_file',
      'scheduling.priority_format',
      'scheduling.max_itmes',
      'DM_REFRESH_INTERVAL_MS',
    ]) {
      expect(program.text()).toContain(field);
    }
  });

  it('says where it looked for a missing file and ends with 1', async () => {
    const program = start({}, ['-c', 'nope', '-d', folder]);

    expect(await program.exited).toBe(1);
    expect(program.text()).toContain(path.join(folder, 'nope.toml'));
  });

  it('says what to do about a state folder that cannot be written and ends with 1', async () => {
    mkdirSync(folder, { recursive: true });
    writeFileSync(stateDir, 'a file where the folder should be');

    const program = start();

    expect(await program.exited).toBe(1);
    expect(program.text()).toContain(`the state folder ${stateDir} cannot be written`);
  });

  it('says which port is taken and ends with 1', async () => {
    const blocker = createServer();
    const port = await new Promise<number>((resolve) => {
      blocker.listen(0, '127.0.0.1', () => resolve((blocker.address() as { port: number }).port));
    });
    try {
      const program = start({ DM_SERVER_HOST: `127.0.0.1:${port}` });

      expect(await program.exited).toBe(1);
      expect(program.text()).toContain(`port ${port} on 127.0.0.1 is taken`);
    } finally {
      blocker.close();
    }
  });

  it('refuses a key that is none and ends with 1', async () => {
    const program = start({ DM_TOKEN_RSA_PRIVATE_KEY_PEM: 'not a key' });

    expect(await program.exited).toBe(1);
    expect(program.text()).toContain('token.rsa_private_key_pem');
    expect(program.text()).not.toContain('not a key');
  });
});
