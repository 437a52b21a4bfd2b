import { existsSync, lstatSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { networkInterfaces, tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { toJwks } from '../../shared/auth/keys.js';
import { PATHS } from '../../shared/contract/decision-maker-api.js';
import { anIntent, aPostedSet, CONTAINER_ID, NODE, POD_UID } from '../support/agent-builders.js';
import { AgentProgram, BuiltPrograms } from '../support/agent-program.js';
import { httpCall, type Target } from '../support/http-call.js';
import { containerCgroup } from '../support/pod-cgroups.js';
import { SimulatedNode } from '../support/simulated-node.js';
import { managerKey, TestAgent, type TestAgentOptions } from '../support/test-agent.js';

let folder: string;
let node: SimulatedNode;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'podium-listeners-'));
  node = new SimulatedNode();
  node.put({ pid: 500, cgroup: containerCgroup('systemd', POD_UID, CONTAINER_ID) });
});
afterEach(() => {
  node.close();
  rmSync(folder, { recursive: true });
});

async function withAgent(
  sections: TestAgentOptions['sections'],
  use: (agent: TestAgent, port: number) => Promise<void>,
): Promise<void> {
  const agent = await TestAgent.start({
    procRoot: node.procRoot,
    cgroupRoot: node.cgroupRoot,
    ...(sections === undefined ? {} : { sections }),
  });
  try {
    await use(agent, Number(new URL(agent.url).port));
  } finally {
    await agent.stop();
  }
}

function post(body: unknown, headers: Readonly<Record<string, string>> = {}) {
  return { method: 'POST', body: JSON.stringify(body), headers };
}

describe('the Unix socket', () => {
  it('serves what the port serves, and is gone with the agent', async () => {
    const socketPath = path.join(folder, 'agent.sock');
    const server = { host: '127.0.0.1:0', unix_socket: socketPath };
    await withAgent({ server }, async (agent) => {
      expect(lstatSync(socketPath).mode & 0o777).toBe(0o660);
      const manager = { authorization: `Bearer ${await agent.managerToken()}` };
      expect(
        (await httpCall({ socketPath }, PATHS.intents, post(aPostedSet([anIntent()]), manager))).status,
      ).toBe(200);

      const { body } = await httpCall(
        { socketPath },
        PATHS.token,
        post({ public_key: agent.publicKeyPem() }),
      );
      const scheduler = { authorization: `Bearer ${body.data.token}` };
      const overSocket = await httpCall({ socketPath }, PATHS.schedulingStrategies, { headers: scheduler });

      expect(overSocket.body.scheduling).toMatchObject([{ pid: 500 }]);
      expect(overSocket.text).toBe((await agent.strategies()).text);
      for (const target of ['/health', '/ready', '/version', '/metrics']) {
        expect((await httpCall({ socketPath }, target)).status).toBe(200);
      }
      expect((await httpCall({ socketPath }, PATHS.schedulingStrategies)).status).toBe(401);
    });
    expect(existsSync(socketPath)).toBe(false);
  });
});

describe('a scheduler without a token', () => {
  const auth = (agent: TestAgent) => ({ scheduler_token: false, manager_jwks_file: agent.managerJwksFile });

  /** The agent that a configuration can name: it reads the keys of another one's managers. */
  async function withOpenAgent(
    server: Readonly<Record<string, string>>,
    use: (agent: TestAgent, port: number) => Promise<void>,
  ): Promise<void> {
    await withAgent({}, (other) =>
      withAgent({ server, auth: auth(other) }, async (agent, port) => {
        await agent.postSet(aPostedSet([anIntent()]));
        await use(agent, port);
      }),
    );
  }

  it('reads the decisions and sends its metrics over loopback and the socket, and does nothing else', async () => {
    const socketPath = path.join(folder, 'agent.sock');
    await withOpenAgent({ host: '127.0.0.1:0', unix_socket: socketPath }, async (_agent, port) => {
      for (const target of [{ port }, { socketPath }] satisfies Target[]) {
        const { status, body } = await httpCall(target, PATHS.schedulingStrategies);
        expect([status, body.scheduling.length]).toEqual([200, 1]);
        expect((await httpCall(target, PATHS.metrics, post({ nr_queued: 7 }))).status).toBe(200);
        for (const [method, route] of [
          ['GET', PATHS.intentsMerkle],
          ['POST', PATHS.intents],
          ['DELETE', PATHS.intents],
          ['GET', PATHS.podProcesses],
          ['GET', PATHS.capabilities],
        ] as const) {
          const refused = await httpCall(target, route, { method });
          expect([route, refused.status]).toEqual([route, 401]);
        }
      }
      expect((await httpCall({ port }, '/metrics')).text).toMatch(/^nr_queued\{.*\} 7$/m);
    });
  });

  it('is refused for a token that is shown and bad', async () => {
    await withOpenAgent({ host: '127.0.0.1:0' }, async (agent, port) => {
      const withHeader = (authorization: string) =>
        httpCall({ port }, PATHS.schedulingStrategies, { headers: { authorization } });

      for (const header of ['Bearer a.b.c', 'Bearer ', 'Basic eDp5']) {
        expect((await withHeader(header)).status).toBe(401);
      }
      expect((await withHeader(`Bearer ${await agent.schedulerToken()}`)).status).toBe(200);
      expect((await withHeader(`Bearer ${await agent.managerToken()}`)).status).toBe(200);
    });
  });

  const outside = Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .find(({ internal, family }) => !internal && family === 'IPv4')?.address;

  it.skipIf(outside === undefined)(
    'needs one when it does not call from this machine (skipped on a machine without a network)',
    async () => {
      await withOpenAgent({ host: '0.0.0.0:0' }, async (agent, port) => {
        const target = { host: outside ?? '', port };
        expect((await httpCall(target, PATHS.schedulingStrategies)).status).toBe(401);
        expect((await httpCall(target, PATHS.metrics, post({}))).status).toBe(401);
        const authorization = `Bearer ${await agent.schedulerToken()}`;
        expect(
          (await httpCall(target, PATHS.schedulingStrategies, { headers: { authorization } })).status,
        ).toBe(200);
        expect((await httpCall({ port }, PATHS.schedulingStrategies)).status).toBe(200);
      });
    },
  );

  it('needs one unless the setting says otherwise', async () => {
    await withAgent({}, async (_agent, port) => {
      expect((await httpCall({ port }, PATHS.schedulingStrategies)).status).toBe(401);
      expect((await httpCall({ port }, PATHS.metrics, post({}))).status).toBe(401);
    });
  });
});

describe('the agent as a program', () => {
  let built: BuiltPrograms;
  beforeAll(() => {
    built = new BuiltPrograms();
  });
  afterAll(() => built.remove());
  const programs: AgentProgram[] = [];
  afterEach(async () => {
    for (const program of programs.splice(0)) await program.kill('SIGKILL');
  });

  async function start(environment: Readonly<Record<string, string>>): Promise<AgentProgram> {
    writeFileSync(path.join(folder, 'jwks.json'), JSON.stringify(toJwks([await managerKey()])));
    writeFileSync(path.join(folder, 'dm_config.toml'), '');
    const program = new AgentProgram(built, ['-d', folder], {
      DM_SERVER_HOST: '127.0.0.1:0',
      DM_NODE_NAME: NODE,
      DM_STATE_DIR: path.join(folder, 'state'),
      DM_PROC_ROOT: node.procRoot,
      DM_CGROUP_ROOT: node.cgroupRoot,
      DM_AUTH_MANAGER_JWKS_FILE: path.join(folder, 'jwks.json'),
      ...environment,
    });
    programs.push(program);
    return program;
  }

  const socketPath = () => path.join(folder, 'agent.sock');

  it('says of every listener where it is once all are open, and of what needs no token', async () => {
    const program = await start({
      DM_SERVER_UNIX_SOCKET: socketPath(),
      DM_METRICS_HOST: '127.0.0.1:0',
      DM_AUTH_SCHEDULER_TOKEN: 'false',
    });
    await program.logged(({ msg }) => msg === 'started');

    const listening = program.lines.filter(({ msg }) => msg === 'listening');
    expect(listening).toMatchObject([
      { listener: 'api', host: '127.0.0.1', port: expect.any(Number), mutualTls: false },
      { listener: 'unix socket', path: socketPath() },
      { listener: 'metrics', host: '127.0.0.1', port: expect.any(Number) },
    ]);
    expect(program.lines.filter(({ level, msg }) => level === 'warn' && msg !== 'self-check')).toMatchObject([
      { setting: 'auth.scheduler_token' },
    ]);
    expect(await program.kill('SIGTERM')).toBe(0);
    expect(existsSync(socketPath())).toBe(false);
  });

  it('has metrics, health and readiness and nothing else on the listener for them', async () => {
    const program = await start({ DM_METRICS_HOST: '127.0.0.1:0' });
    await program.logged(({ msg }) => msg === 'started');
    const { port } = program.lines.find(({ listener }) => listener === 'metrics') as unknown as {
      port: number;
    };

    for (const target of ['/metrics', '/health', '/ready']) {
      expect((await httpCall({ port }, target)).status).toBe(200);
      expect((await httpCall({ port }, target, { method: 'POST' })).status).toBe(405);
    }
    for (const target of ['/version', '/', PATHS.schedulingStrategies, PATHS.capabilities, PATHS.token]) {
      const answer = await httpCall({ port }, target);
      expect([target, answer.status, answer.body]).toEqual([target, 404, { message: 'Not Found' }]);
    }
    expect((await httpCall({ port }, '/metrics')).text).toContain('podium_agent_');
  });

  it('takes the place of the socket that its killed predecessor left', async () => {
    const first = await start({ DM_SERVER_UNIX_SOCKET: socketPath() });
    await first.listening();
    await first.kill('SIGKILL');
    expect(lstatSync(socketPath()).isSocket()).toBe(true);

    const second = await start({ DM_SERVER_UNIX_SOCKET: socketPath() });
    await second.listening();

    expect((await httpCall({ socketPath: socketPath() }, '/health')).status).toBe(200);
  });

  it.each<[string, () => Record<string, string>, RegExp]>([
    [
      'a socket in a folder that is missing',
      () => ({ DM_SERVER_UNIX_SOCKET: path.join(folder, 'nope', 'agent.sock') }),
      /server\.unix_socket: .*there is no folder .*nope: make it/,
    ],
    [
      'a socket where a file is',
      () => {
        writeFileSync(socketPath(), 'precious');
        return { DM_SERVER_UNIX_SOCKET: socketPath() };
      },
      /server\.unix_socket: .*no socket is there/,
    ],
    [
      'a socket in a folder of files',
      () => {
        mkdirSync(socketPath());
        return { DM_SERVER_UNIX_SOCKET: socketPath() };
      },
      /server\.unix_socket: .*no socket is there/,
    ],
    [
      'an address that is not this machine’s',
      () => ({ DM_METRICS_HOST: '192.0.2.1:0' }),
      /metrics\.host: this machine has no address 192\.0\.2\.1/,
    ],
    [
      'a certificate that is missing',
      () => ({
        DM_MTLS_ENABLE: 'true',
        DM_MTLS_CERT_FILE: '/nope/tls.crt',
        DM_MTLS_KEY_FILE: '/nope/tls.key',
        DM_MTLS_CA_FILE: '/nope/ca.crt',
      }),
      /mtls\.cert_file: \/nope\/tls\.crt cannot be read \(ENOENT\).*mtls\.key_file: .*mtls\.ca_file: /,
    ],
  ])('ends with 1 and names the listener: %s', async (_title, environment, message) => {
    const program = await start(environment());

    expect(await program.exited).toBe(1);
    expect(program.text()).toMatch(message);
    expect(program.lines.some(({ msg }) => msg === 'listening')).toBe(false);
  });

  it('leaves a socket alone on which another agent listens, and keeps no other listener open', async () => {
    const first = await start({ DM_SERVER_UNIX_SOCKET: socketPath() });
    await first.listening();

    const second = await start({
      DM_SERVER_UNIX_SOCKET: socketPath(),
      DM_STATE_DIR: path.join(folder, 'other-state'),
    });

    expect(await second.exited).toBe(1);
    expect(second.text()).toMatch(/server\.unix_socket: .*another program listens there/);
    expect((await httpCall({ socketPath: socketPath() }, '/health')).status).toBe(200);
  });
});
