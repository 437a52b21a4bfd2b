import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { toJwks } from '../../shared/auth/keys.js';
import { PATHS } from '../../shared/contract/decision-maker-api.js';
import { systemClock } from '../../shared/lifecycle/clock.js';
import { NODE } from '../support/agent-builders.js';
import { AgentProgram, BuiltPrograms } from '../support/agent-program.js';
import { eventually } from '../support/eventually.js';
import { FirstGenerationAgent, newAgentKey } from '../support/first-generation-agent.js';
import { nodeMerkleRootOf } from '../support/first-generation-merkle.js';
import { MixedFleet } from '../support/mixed-fleet.js';
import { AgentClient, managerKey } from '../support/test-agent.js';

const POLICIES = '/api/v1/node-scheduling-policies';
const SWEEPS_MS = 2_200;

let fleet: MixedFleet;
afterEach(() => fleet.stop());

async function create(body: object): Promise<string> {
  const answer = await fleet.call('POST', POLICIES, { nodeNames: ['node-1'], ...body });
  expect(answer).toMatchObject({ status: 200 });
  return answer.body.data.policyId;
}

async function nodeIntents() {
  return (await fleet.call('GET', '/api/v1/node-scheduling-intents/self')).body.data.intents;
}

function applied() {
  return eventually(async () => {
    const delivery = await fleet.delivery();
    expect(delivery).toMatchObject({ state: 'Applied', nodeIntents: { state: 'Applied' } });
    return delivery;
  });
}

describe('node policies and an agent of the first generation', () => {
  const key = newAgentKey();

  async function withOldAgent(): Promise<FirstGenerationAgent> {
    const old = await FirstGenerationAgent.start({ key });
    fleet = await MixedFleet.start({ key: { dm_public_key_pem: old.publicKeyPem } });
    return fleet.adopt(old);
  }

  it('are applied by the root that it builds, and sent once', async () => {
    const old = await withOldAgent();
    const policyID = await create({ commandRegex: 'nginx', priority: 0 });
    fleet.place('node-1', old.origin);

    const { nodeIntents: delivery } = await applied();
    await systemClock.sleep(SWEEPS_MS);

    const item = { policyID, nodeID: 'node-1', commandRegex: 'nginx' };
    expect(old.heldNodeIntents).toEqual([{ ...item, priority: 1, executionTime: 20_000_000 }]);
    expect(delivery.acknowledgedRoot).toBe(nodeMerkleRootOf(old.heldNodeIntents ?? []));
    expect(old.callsTo('POST', PATHS.nodeIntents)).toHaveLength(1);
    expect(await nodeIntents()).toMatchObject([{ status: 'Applied', state: 2 }]);
  });

  it('come back by the sweep when it forgot everything', async () => {
    const old = await withOldAgent();
    await create({ commandRegex: 'nginx' });
    fleet.place('node-1', old.origin);
    await applied();

    old.loseMemory();

    await eventually(() => expect(old.heldNodeIntents).toHaveLength(1));
  });

  it('fail where it lacks the route, and its set does not', async () => {
    const old = await withOldAgent();
    old.fault = ({ path: asked }) =>
      asked.startsWith(PATHS.nodeIntents) ? { status: 404, body: '{"message":"Not Found"}' } : undefined;
    await create({ commandRegex: 'nginx' });
    await fleet.wish({ name: 'pods' });
    fleet.place('node-1', old.origin);

    await eventually(async () =>
      expect(await fleet.delivery()).toMatchObject({
        state: 'Applied',
        failures: 0,
        nodeIntents: { state: 'Unsupported', intents: 1, failures: 0 },
      }),
    );
    expect(old.held).toHaveLength(1);
    expect(await nodeIntents()).toMatchObject([
      { status: 'Failed', reason: expect.stringContaining('agent too old') },
    ]);
    expect(old.callsTo('POST', PATHS.nodeIntents)).toEqual([]);

    // Updated in place, and found by the sweep.
    old.fault = () => undefined;
    await applied();
    expect(old.heldNodeIntents).toHaveLength(1);
  });
});

describe('a node policy and a real agent', () => {
  let built: BuiltPrograms;
  let folder: string;
  const programs: AgentProgram[] = [];
  const workers: ChildProcess[] = [];
  beforeAll(() => {
    built = new BuiltPrograms();
    folder = mkdtempSync(path.join(tmpdir(), 'podium-node-policy-'));
  });
  afterEach(async () => {
    for (const program of programs.splice(0)) await program.kill('SIGKILL');
    for (const worker of workers.splice(0)) worker.kill('SIGKILL');
  });
  afterAll(() => {
    built.remove();
    rmSync(folder, { recursive: true });
  });

  async function startAgent(host: string): Promise<AgentClient> {
    writeFileSync(path.join(folder, 'jwks.json'), JSON.stringify(toJwks([await managerKey()])));
    const lines = [
      `[server]\nhost = "${host}"`,
      `[node]\nname = "${NODE}"`,
      `[state]\ndir = "${folder}/state"`,
      `[auth]\nmanager_jwks_file = "${folder}/jwks.json"`,
    ];
    writeFileSync(path.join(folder, 'dm_config.toml'), lines.join('\n'));
    const program = new AgentProgram(built, ['-d', folder]);
    programs.push(program);
    return new AgentClient(await program.listening(), path.join(folder, 'state'), await managerKey());
  }

  /** A process of this machine with a name that no other has, in no pod. */
  function startWorker(name: string): number {
    const program = path.join(folder, name);
    copyFileSync('/bin/sleep', program);
    const worker = spawn(program, ['600'], { stdio: 'ignore' });
    workers.push(worker);
    if (worker.pid === undefined) throw new Error(`${program} did not start`);
    return worker.pid;
  }

  it('gives the node’s own processes their priority, keeps it over kill -9, and takes it away', async () => {
    const name = `pdm${randomBytes(4).toString('hex')}`;
    fleet = await MixedFleet.start();
    const agent = await startAgent('127.0.0.1:0');
    const pid = startWorker(name);
    fleet.place(NODE, agent.url);
    await applied();

    const policyId = await create({ commandRegex: `^${name}`, priority: 3, executionTime: 5_000_000 });
    const served = { priority: 3, execution_time: 5_000_000, command_regex: `^${name}` };
    await eventually(async () => expect(await agent.items()).toEqual([{ ...served, pid }]));
    await applied();
    const second = startWorker(`${name}b`);
    await eventually(async () => expect(await agent.pids()).toEqual([pid, second].toSorted((a, b) => a - b)));

    await programs.splice(0)[0]?.kill('SIGKILL');
    const restarted = await startAgent(agent.url.replace('http://', ''));
    await eventually(async () => expect(await restarted.pids()).toHaveLength(2));

    await fleet.call('DELETE', POLICIES, { policyId });
    await eventually(async () => expect(await restarted.items()).toEqual([]));
  });
});
