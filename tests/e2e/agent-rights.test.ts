import { randomUUID } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { toJwks } from '../../shared/auth/keys.js';
import { type Capabilities, PATHS } from '../../shared/contract/decision-maker-api.js';
import type { Intent } from '../../shared/domain/intent.js';
import { packageRoot, productVersion } from '../../shared/files/package-root.js';
import { anIntent, aPostedSet, CONTAINER_ID, NODE } from '../support/agent-builders.js';
import { AgentProgram, BuiltPrograms } from '../support/agent-program.js';
import {
  type AgentRights,
  decisionMakerPod,
  manifestRights,
  withRights,
} from '../support/decision-maker-manifest.js';
import { containerCgroup } from '../support/pod-cgroups.js';
import { cgroupMount, RealCgroups, type Spawned, untilPrinted } from '../support/real-cgroups.js';
import { AgentClient, eventually, managerKey } from '../support/test-agent.js';

/** Nobody of this machine: the owner of the pods' processes. */
const POD_USER = 23_417;

const RIGHTS = manifestRights();

describe('the manifest of the decision maker', () => {
  const { metadata, spec } = decisionMakerPod();
  const [container, ...others] = spec.containers;

  it('asks for hostPID and no other namespace of the host', () => {
    expect(others).toEqual([]);
    expect(spec).toMatchObject({ hostPID: true, automountServiceAccountToken: false });
    expect(spec).not.toHaveProperty('hostNetwork');
    expect(spec).not.toHaveProperty('hostIPC');
    expect(metadata.labels).toEqual({ app: 'decisionmaker' });
  });

  it('drops everything first, and can neither gain rights nor write to its own files', () => {
    expect(spec.securityContext).toEqual({ seccompProfile: { type: 'RuntimeDefault' } });
    expect(container.securityContext).toMatchObject({
      privileged: false,
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    });
  });

  it('writes to one folder of the node, and sees but one other', () => {
    const hostPaths = spec.volumes.flatMap(
      (volume: { hostPath?: { path: string } }) => volume.hostPath?.path ?? [],
    );
    const writable = container.volumeMounts.filter(
      ({ readOnly }: { readOnly?: boolean }) => readOnly !== true,
    );

    expect(hostPaths).toEqual(['/sys/fs/cgroup', '/var/lib/podium-decisionmaker']);
    expect(writable.map(({ name }: { name: string }) => name)).toEqual(['state']);
  });

  it('runs the image of this version, on a port that managers look for', () => {
    expect(container.image).toBe(`podium:${productVersion()}`);
    expect(container.ports[0]).toEqual({ name: 'http', containerPort: 8080 });
  });
});

/** Whether another user can read what the program is made of. */
function isOpenToAll(folder: string): boolean {
  const isOpen = (statSync(folder).mode & 0o005) === 0o005;
  return isOpen && (path.dirname(folder) === folder || isOpenToAll(path.dirname(folder)));
}

const mount = cgroupMount();
const cannot =
  'reason' in mount
    ? mount.reason
    : process.geteuid?.() !== 0
      ? 'this is not root'
      : isOpenToAll(packageRoot())
        ? undefined
        : `${packageRoot()} is closed to other users`;
if (cannot !== undefined) console.log(`skipped with the rights of the manifest: ${cannot}`);

describe.skipIf(cannot !== undefined)('the agent', () => {
  const pod = randomUUID();
  const cgroup = containerCgroup('systemd', pod, CONTAINER_ID);
  let built: BuiltPrograms;
  let cgroups: RealCgroups;
  let sleeper: Spawned;
  let threaded: Spawned;
  beforeAll(async () => {
    built = new BuiltPrograms();
    cgroups = new RealCgroups('mount' in mount ? mount.mount : '');
    const asPodUser = ['setpriv', `--reuid=${POD_USER}`, `--regid=${POD_USER}`, '--clear-groups'] as const;
    sleeper = await cgroups.spawn(cgroup, ...asPodUser, 'sleep', '1000');
    const script = `
      const { Worker } = require('node:worker_threads');
      new Worker('setInterval(() => {}, 1000)', { eval: true }).once('online', () => console.log('ready'));
    `;
    threaded = await cgroups.spawn(cgroup, ...asPodUser, process.execPath, '-e', script, 'role=threaded');
    await untilPrinted(threaded, 'ready');
  });
  afterAll(async () => {
    await cgroups.close();
    built.remove();
  });

  let folder = '';
  let program: AgentProgram | undefined;
  afterEach(async () => {
    await program?.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  });

  /** With the manifest's own settings, in this machine's places. */
  async function start(rights: AgentRights): Promise<AgentClient> {
    folder = mkdtempSync(path.join(tmpdir(), 'podium-rights-'));
    const jwksFile = path.join(folder, 'manager-jwks.json');
    writeFileSync(jwksFile, JSON.stringify(toJwks([await managerKey()])));
    chmodSync(folder, 0o755);
    const stateDir = mkdtempSync(path.join(folder, 'state-'));
    chownSync(stateDir, rights.uid, rights.gid);
    const places: Readonly<Record<string, string>> = {
      '/host/sys/fs/cgroup': cgroups.root,
      '/var/lib/podium-decisionmaker': stateDir,
      '/etc/podium': folder,
    };
    const inPlace = (value: string) => {
      const place = Object.keys(places).find((known) => value.startsWith(known));
      return place === undefined ? value : `${places[place]}${value.slice(place.length)}`;
    };
    const [container] = decisionMakerPod().spec.containers;
    const environment = Object.fromEntries(
      container.env.map(({ name, value }: { name: string; value?: string }) => [
        name,
        value === undefined ? NODE : inPlace(value),
      ]),
    );
    program = new AgentProgram(
      built,
      [],
      {
        ...environment,
        DM_SERVER_HOST: '127.0.0.1:0',
        DM_METRICS_HOST: '127.0.0.1:0',
        DM_METRICS_POD_COUNTERS: 'true',
      },
      withRights(rights, stateDir),
    );
    return new AgentClient(await program.listening(), stateDir, await managerKey());
  }

  let generation = 0;
  /** What is served for one intent, as soon as that is as many as expected. */
  async function served(agent: AgentClient, overrides: Partial<Intent>, count: number): Promise<number[]> {
    const set = aPostedSet([anIntent({ podID: pod, ...overrides })], { generation: ++generation });
    expect((await agent.postSet(set)).status).toBe(200);
    return eventually(
      () => agent.pids(),
      (pids) => pids.length === count,
    );
  }

  async function capabilitiesOf(agent: AgentClient): Promise<Capabilities> {
    return (await agent.asManager('GET', PATHS.capabilities)).body.data;
  }

  async function expectEverythingButExecutables(agent: AgentClient): Promise<void> {
    const threads = readdirSync(`/proc/${threaded.pid}/task`).map(Number);
    expect((await agent.call('GET', '/ready')).status).toBe(200);
    expect(await served(agent, { commandRegex: '^sleep$' }, 1)).toEqual([sleeper.pid]);
    expect(await served(agent, { commandTarget: 'cmdline', commandRegex: ' role=threaded$' }, 1)).toEqual([
      threaded.pid,
    ]);
    expect(await served(agent, { commandRegex: '^node$', threads: true }, threads.length)).toEqual(
      threads.toSorted((a, b) => a - b),
    );
    const page = (await agent.call('GET', '/metrics')).text;
    expect(page).toMatch(/^gthulhu_pod_cpu_time_nanoseconds_total\{.*\} [1-9]\d*$/m);
    expect(page).toMatch(/^gthulhu_pod_voluntary_ctx_switches_total\{.*\} [1-9]\d*$/m);
    expect(page).toMatch(/^gthulhu_pod_process_count\{.*\} 2$/m);
  }

  const byExecutable = () => ({
    commandTarget: 'exe' as const,
    commandRegex: `^${readlinkSync(`/proc/${sleeper.pid}/exe`)}$`,
  });

  /** What the kernel says about the agent's process. */
  function status(key: string): string {
    const text = readFileSync(`/proc/${program?.child.pid}/status`, 'utf8');
    return new RegExp(`^${key}:[\\t ]*(.*?)\\s*$`, 'm').exec(text)?.[1] ?? '';
  }

  it('does everything with the rights of the manifest, and has no others', async () => {
    const agent = await start(RIGHTS);

    const { rights, selfCheck } = await capabilitiesOf(agent);
    expect(rights).toEqual({
      uid: RIGHTS.uid,
      capabilities: RIGHTS.capabilities.map((name) => `CAP_${name}`),
    });
    expect([status('NoNewPrivs'), status('CapBnd'), status('Groups')]).toEqual(['1', status('CapEff'), '']);
    expect(writableMounts()).toEqual([agent.stateDir]);
    expect(selfCheck?.findings).toContainEqual(
      expect.objectContaining({ check: 'executables', level: 'ok' }),
    );
    await expectEverythingButExecutables(agent);
    expect(await served(agent, byExecutable(), 1)).toEqual([sleeper.pid]);
    expect(statSync(path.join(agent.stateDir, 'scheduler.sock')).mode & 0o777).toBe(0o660);
    const { livenessProbe, readinessProbe } = decisionMakerPod().spec.containers[0];
    const port = program?.lines.find(({ listener }) => listener === 'metrics')?.port;
    for (const { httpGet } of [livenessProbe, readinessProbe]) {
      expect(httpGet.port).toBe('metrics');
      expect((await fetch(`http://127.0.0.1:${port}${httpGet.path}`)).status).toBe(200);
    }
  });

  /** Where the agent could write, but for procfs and devices. */
  function writableMounts(): string[] {
    return readFileSync(`/proc/${program?.child.pid}/mountinfo`, 'utf8')
      .split('\n')
      .map((line) => line.split(' '))
      .filter(
        ([, , , , point, options]) =>
          /(^|,)rw(,|$)/.test(options ?? '') && !/^\/(proc|dev)(\/|$)/.test(point ?? ''),
      )
      .map(([, , , , point = '']) => point);
  }

  it.each(RIGHTS.capabilities)(
    'loses without %s what docs/AGENT-RIGHTS.md says, says so, and nothing else',
    async (missing) => {
      const losses: Readonly<Record<string, (agent: AgentClient) => Promise<void>>> = {
        SYS_PTRACE: expectNoExecutables,
      };
      const agent = await start({
        ...RIGHTS,
        capabilities: RIGHTS.capabilities.filter((name) => name !== missing),
      });

      await expectEverythingButExecutables(agent);
      const loss = losses[missing];
      expect(
        loss,
        `what is lost without ${missing}: tell it in docs/AGENT-RIGHTS.md and test it here`,
      ).toBeDefined();
      await loss?.(agent);
    },
  );

  it('needs neither user 0 nor any capability for all but executables', async () => {
    const agent = await start({ uid: 65_532, gid: 65_532, capabilities: [] });

    expect((await capabilitiesOf(agent)).rights).toEqual({ uid: 65_532, capabilities: [] });
    expect(status('CapPrm')).toMatch(/^0+$/);
    await expectEverythingButExecutables(agent);
    await expectNoExecutables(agent);
  });

  async function expectNoExecutables(agent: AgentClient): Promise<void> {
    expect((await capabilitiesOf(agent)).selfCheck?.findings).toContainEqual({
      check: 'executables',
      level: 'limited',
      detail: expect.stringContaining('CAP_SYS_PTRACE'),
    });
    expect(program?.lines).toContainEqual(
      expect.objectContaining({ msg: 'self-check', check: 'executables', level: 'warn' }),
    );
    expect(await served(agent, byExecutable(), 0)).toEqual([]);
    // The answer is a looked-up one, not one from before the set.
    expect(await served(agent, { commandRegex: '^sleep$' }, 1)).toEqual([sleeper.pid]);
    expect((await agent.call('GET', '/metrics')).text).toMatch(
      /^podium_agent_process_read_errors_total\{errno="EACCES"\} [1-9]/m,
    );
    expect((await agent.call('GET', '/ready')).status).toBe(200);
  }
});
