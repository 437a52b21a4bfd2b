import { randomUUID } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { toJwks } from '../../shared/auth/keys.js';
import { type Capabilities, PATHS } from '../../shared/contract/decision-maker-api.js';
import { anIntent, aPostedSet, CONTAINER_ID, NODE } from '../support/agent-builders.js';
import { AgentProgram, BuiltPrograms, type LogLine } from '../support/agent-program.js';
import { containerCgroup } from '../support/pod-cgroups.js';
import { cgroupMount, RealCgroups, type Spawned } from '../support/real-cgroups.js';
import { SimulatedNode } from '../support/simulated-node.js';
import { AgentClient, eventually, managerKey } from '../support/test-agent.js';

/** A pod of this run alone: one of the tests sees every process of the machine. */
const POD = randomUUID();
const CGROUP = containerCgroup('systemd', POD, CONTAINER_ID);

let built: BuiltPrograms;
beforeAll(() => {
  built = new BuiltPrograms();
});
afterAll(() => built.remove());

let folder: string;
let program: AgentProgram | undefined;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'podium-self-check-'));
});
afterEach(async () => {
  // unshare takes no other signal; its child goes with it.
  await program?.kill('SIGKILL');
  program = undefined;
  rmSync(folder, { recursive: true });
});

interface Roots {
  readonly proc?: string;
  readonly cgroup: string;
  readonly sys?: string;
}

async function start(roots: Roots, launcher: readonly string[] = []): Promise<AgentClient> {
  const jwksFile = path.join(folder, 'jwks.json');
  writeFileSync(jwksFile, JSON.stringify(toJwks([await managerKey()])));
  program = new AgentProgram(
    built,
    [],
    {
      DM_SERVER_HOST: '127.0.0.1:0',
      DM_NODE_NAME: NODE,
      DM_STATE_DIR: path.join(folder, 'state'),
      DM_CGROUP_ROOT: roots.cgroup,
      DM_AUTH_MANAGER_JWKS_FILE: jwksFile,
      ...(roots.proc === undefined ? {} : { DM_PROC_ROOT: roots.proc }),
      ...(roots.sys === undefined ? {} : { DM_SYS_ROOT: roots.sys }),
    },
    launcher,
  );
  return new AgentClient(await program.listening(), path.join(folder, 'state'), await managerKey());
}

async function capabilitiesOf(agent: AgentClient): Promise<Capabilities> {
  return (await agent.asManager('GET', PATHS.capabilities)).body.data;
}

function finding({ selfCheck }: Capabilities, check: string) {
  return selfCheck?.findings.find((candidate) => candidate.check === check);
}

/** What the log has said about a check, from the first to the last word. */
function logged(check: string): readonly LogLine[] {
  return program?.lines.filter((line) => line.msg === 'self-check' && line.check === check) ?? [];
}

describe('a node with a simulated sysfs', () => {
  let node: SimulatedNode;
  let sys: string;
  beforeEach(() => {
    node = new SimulatedNode();
    node.put({ pid: 500, cgroup: CGROUP });
    sys = path.join(folder, 'sys');
  });
  afterEach(() => node.close());

  function schedExt(files: Readonly<Record<string, string>>): void {
    rmSync(sys, { recursive: true, force: true });
    for (const [name, text] of Object.entries(files)) {
      const file = path.join(sys, 'kernel/sched_ext', name);
      mkdirSync(path.dirname(file), { recursive: true });
      writeFileSync(file, `${text}\n`);
    }
  }

  const startHere = () => start({ proc: node.procRoot, cgroup: node.cgroupRoot, sys });

  it('says once in the log what it finds, worse things as warnings, and is ready without sched_ext', async () => {
    const agent = await startHere();

    const lines = program?.lines.filter(({ msg }) => msg === 'self-check') ?? [];
    expect(lines.map(({ check, level }) => [check, level])).toEqual([
      ['pid namespace', 'info'],
      ['cgroup namespace', 'info'],
      ['cgroup version', 'info'],
      ['sched_ext', 'warn'],
      ['kernel', 'info'],
      ['executables', expect.stringMatching(/^(info|warn)$/)],
    ]);
    const { status, body } = await agent.call('GET', '/ready');
    expect(status).toBe(200);
    expect(body.checks).toContainEqual({
      name: 'self-check',
      problem: null,
      note: expect.stringMatching(/sched_ext unsupported: .*CONFIG_SCHED_CLASS_EXT.*; decisions are served/),
    });
    await agent.postSet(aPostedSet([anIntent({ podID: POD })]));
    expect(await agent.pids()).toEqual([500]);
    expect((await capabilitiesOf(agent)).selfCheck?.level).toBe('unsupported');
  });

  it('tells a scheduler that is loaded, and by itself in the log that it was ejected', async () => {
    schedExt({ state: 'enabled', switch_all: '1', 'root/ops': 'gthulhu' });
    const agent = await startHere();
    const page = async () => (await agent.call('GET', '/metrics')).text;
    expect((await capabilitiesOf(agent)).schedExt).toEqual({
      supported: true,
      state: 'enabled',
      switchAll: true,
      ops: 'gthulhu',
    });
    expect(logged('sched_ext')).toMatchObject([{ level: 'info', detail: 'gthulhu is loaded' }]);
    expect(await page()).toMatch(/^podium_agent_sched_ext_enabled 1$/m);
    expect(await page()).toMatch(/^podium_agent_sched_ext_info\{state="enabled",ops="gthulhu"\} 1$/m);

    schedExt({ state: 'disabled', switch_all: '0' });
    const line = await program?.logged(({ check, level }) => check === 'sched_ext' && level === 'warn');

    expect(line?.detail).toContain('no sched_ext scheduler is loaded (disabled)');
    const capabilities = await capabilitiesOf(agent);
    expect(capabilities.schedExt).toEqual({ supported: true, state: 'disabled', switchAll: false });
    expect(finding(capabilities, 'sched_ext')?.level).toBe('limited');
    expect(await page()).toMatch(/^podium_agent_sched_ext_enabled 0$/m);
    expect(await page()).toMatch(/^podium_agent_sched_ext_info\{state="disabled",ops=""\} 1$/m);
    expect((await page()).match(/^podium_agent_sched_ext_info/gm)).toHaveLength(1);
    expect((await agent.call('GET', '/ready')).status).toBe(200);
  });

  it('tells a state that cannot be read from one that is not there', async () => {
    mkdirSync(path.join(sys, 'kernel/sched_ext/state'), { recursive: true });

    const agent = await startHere();

    expect(finding(await capabilitiesOf(agent), 'sched_ext')).toMatchObject({
      level: 'limited',
      detail: expect.stringMatching(/cannot be read .* it is not known whether a scheduler acts on them/),
    });
    expect((await agent.call('GET', '/metrics')).text).toMatch(
      /^podium_agent_sched_ext_info\{state="other",ops=""\} 1$/m,
    );
  });
});

const mount = cgroupMount();
const cannot = 'reason' in mount ? mount.reason : process.geteuid?.() === 0 ? undefined : 'this is not root';
if (cannot !== undefined) console.log(`skipped in namespaces of their own: ${cannot}`);

describe.skipIf(cannot !== undefined)('in namespaces of its own', () => {
  let cgroups: RealCgroups;
  let sleeper: Spawned;
  beforeEach(async () => {
    cgroups = new RealCgroups('mount' in mount ? mount.mount : '');
    sleeper = await cgroups.spawn(CGROUP, 'sleep', '1000');
  });
  afterEach(() => cgroups.close());

  const PRIVATE_PIDS = ['unshare', '--pid', '--fork', '--kill-child', '--mount-proc'];

  /** Moves what follows into a cgroup of the tree first. */
  function inCgroup(cgroup: string): string[] {
    return ['sh', '-c', 'echo $$ > "$0/cgroup.procs" && exec "$@"', cgroups.make(cgroup)];
  }

  it('of pids: sees nobody, says that it needs hostPID, is not ready and serves no list', async () => {
    const agent = await start({ cgroup: cgroups.root }, PRIVATE_PIDS);

    expect(logged('pid namespace')).toMatchObject([{ level: 'warn', finding: 'unsupported' }]);
    const { status, body } = await agent.call('GET', '/ready');
    expect(status).toBe(503);
    expect(JSON.stringify(body.checks)).toMatch(/"self-check","problem":"[^"]*it needs hostPID/);
    const capabilities = await capabilitiesOf(agent);
    expect(capabilities.processDiscovery.hostPidNamespace).toBe(false);
    expect(capabilities.selfCheck?.level).toBe('unsupported');
    await agent.postSet(aPostedSet([anIntent({ podID: POD })]));
    expect((await agent.strategies()).status).toBe(503);
  });

  it('of pids: is not taken in by seeing processes of its own pod, as every agent without hostPID does', async () => {
    const ownPod = containerCgroup('systemd', randomUUID(), 'd'.repeat(64));

    const agent = await start({ cgroup: cgroups.root }, [...inCgroup(ownPod), ...PRIVATE_PIDS]);

    const { status, body } = await agent.call('GET', '/ready');
    expect(status).toBe(503);
    expect(body.checks).toContainEqual(
      expect.objectContaining({ name: 'self-check', problem: expect.stringContaining('hostPID') }),
    );
  });

  it('of cgroups: says so, and loses nothing where the whole tree is mounted', async () => {
    const launcher = [...inCgroup('/agent'), 'unshare', '--cgroup'];

    const agent = await start({ cgroup: cgroups.root }, launcher);

    const capabilities = await capabilitiesOf(agent);
    expect(capabilities.processDiscovery).toMatchObject({
      source: 'cgroup tree',
      hostPidNamespace: true,
      hostCgroupNamespace: false,
    });
    expect(finding(capabilities, 'cgroup namespace')).toMatchObject({
      level: 'ok',
      detail: expect.stringContaining('nothing is lost'),
    });
    expect((await agent.call('GET', '/ready')).status).toBe(200);
    await agent.postSet(aPostedSet([anIntent({ podID: POD })]));
    expect(await agent.pids()).toEqual([sleeper.pid]);
  });

  it('of cgroups: says what may be lost where processes have to be asked for their paths', async () => {
    const v1Root = path.join(folder, 'v1');
    mkdirSync(path.join(v1Root, 'pids'), { recursive: true });
    writeFileSync(path.join(v1Root, 'pids/tasks'), '');

    const agent = await start({ cgroup: v1Root }, [...inCgroup('/agent'), 'unshare', '--cgroup']);

    const capabilities = await capabilitiesOf(agent);
    expect(finding(capabilities, 'cgroup namespace')?.level).toBe('limited');
    expect(finding(capabilities, 'cgroup version')).toMatchObject({
      level: 'limited',
      detail: expect.stringContaining('cgroup v1'),
    });
    await agent.postSet(aPostedSet([anIntent({ podID: POD })]));
    await eventually(
      () => agent.pids(),
      (pids) => pids.length === 1 && pids[0] === sleeper.pid,
    );
  });
});
