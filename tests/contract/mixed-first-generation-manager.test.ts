import type { KeyObject } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { toJwks } from '../../shared/auth/keys.js';
import { PATHS } from '../../shared/contract/decision-maker-api.js';
import { EMPTY_ROOT } from '../../shared/domain/merkle.js';
import { anIntent, aPostedSet, POD_UID } from '../support/agent-builders.js';
import { eventually } from '../support/eventually.js';
import { FirstGenerationAgent } from '../support/first-generation-agent.js';
import { FirstGenerationManager } from '../support/first-generation-manager.js';
import { merkleRootOf, type OldIntent } from '../support/first-generation-merkle.js';
import { MixedFleet } from '../support/mixed-fleet.js';
import { SimulatedNode } from '../support/simulated-node.js';
import { managerKey, TestAgent } from '../support/test-agent.js';

const LOOPBACK = ['127.0.0.0/8', '::1'];

let node: SimulatedNode;
let folder: string;
let agent: TestAgent;
let fleet: MixedFleet | undefined;

async function start(auth: object = { legacy_manager: true, legacy_manager_networks: LOOPBACK }) {
  agent = await startAgent(auth);
  return new FirstGenerationManager({ origin: agent.url, publicKeyPem: agent.publicKeyPem() });
}

/** The folder of the manager's keys is the test's own, so that an agent that comes back trusts them as before. */
async function startAgent(auth: object, managerKeys?: readonly KeyObject[]): Promise<TestAgent> {
  const stateDir = path.join(folder, 'state');
  const jwksFile = path.join(folder, 'jwks.json');
  writeFileSync(jwksFile, JSON.stringify(toJwks(managerKeys ?? [await managerKey()])));
  const roots = { procRoot: node.procRoot, cgroupRoot: node.cgroupRoot, stateDir };
  return TestAgent.start({ ...roots, sections: { auth: { manager_jwks_file: jwksFile, ...auth } } });
}

function anOldIntent(overrides: Partial<OldIntent> = {}): OldIntent {
  return {
    podName: 'web-1',
    podID: POD_UID,
    nodeID: 'the-name-it-has-there',
    k8sNamespace: 'web',
    commandRegex: '',
    priority: 5,
    executionTime: 5_000_000,
    podLabels: null,
    ...overrides,
  };
}

function served() {
  return agent
    .items()
    .then((items) => items.map(({ pid, priority, execution_time }) => [pid, priority, execution_time]));
}

describe('a manager of the first generation with this agent', () => {
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'podium-test-'));
    node = new SimulatedNode();
    const cgroup = `/kubepods/burstable/pod${POD_UID}/${'c'.repeat(64)}`;
    node.put({ pid: 101, cgroup, comm: 'nginx' });
    node.put({ pid: 102, cgroup, comm: 'sidecar' });
  });
  afterEach(async () => {
    await fleet?.stop();
    fleet = undefined;
    await agent.stop();
    node.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('delivers, and finds its root', async () => {
    const manager = await start();
    const intents = [anOldIntent({ commandRegex: 'nginx', podLabels: { b: '2', a: '1' } })];

    expect(await manager.reconcile(intents)).toBe(true);

    expect(await manager.reconcile(intents)).toBe(false);
    expect(await manager.root()).toBe(merkleRootOf(intents));
    await eventually(async () => expect(await served()).toEqual([[101, 5, 5_000_000]]));
  });

  it('replaces the whole set, and clears it with an empty one', async () => {
    const manager = await start();
    await manager.push([anOldIntent({ commandRegex: 'nginx' })]);
    await manager.push([anOldIntent({ commandRegex: 'sidecar' })]);
    await eventually(async () => expect(await served()).toEqual([[102, 5, 5_000_000]]));

    expect(await manager.reconcile([])).toBe(true);

    expect(await manager.root()).toBe(EMPTY_ROOT);
    await eventually(async () => expect(await served()).toEqual([]));
    expect(await manager.reconcile([])).toBe(false);
  });

  it('deletes by pod', async () => {
    const manager = await start();
    const other = anOldIntent({ podID: '0f0f0f0f-0000-4000-8000-000000000002' });
    await manager.push([anOldIntent(), other]);

    await manager.delete({ podId: POD_UID });

    expect(await manager.root()).toBe(merkleRootOf([other]));
    await eventually(async () => expect(await served()).toEqual([]));
  });

  it('is in step although its numbers and patterns are not all of use to a scheduler', async () => {
    const manager = await start();
    const intents = [
      anOldIntent({ commandRegex: '(' }),
      anOldIntent({ commandRegex: 'nginx', priority: -3, executionTime: 0 }),
      anOldIntent({ commandRegex: 'sidecar', priority: 100, executionTime: -1 }),
    ];

    await manager.reconcile(intents);

    expect(await manager.reconcile(intents)).toBe(false);
    const expected = [
      [101, 1, 20_000_000],
      [102, 20, 20_000_000],
    ];
    await eventually(async () => expect((await served()).toSorted()).toEqual(expected));
  });

  it('finds its set again after the agent was restarted', async () => {
    const manager = await start();
    const intents = [anOldIntent()];
    await manager.reconcile(intents);

    await agent.stop();
    agent = await startAgent({ legacy_manager: true, legacy_manager_networks: LOOPBACK });
    const again = new FirstGenerationManager({ origin: agent.url, publicKeyPem: agent.publicKeyPem() });

    expect(await again.reconcile(intents)).toBe(false);
  });

  it.each([
    ['where old managers are not expected', { legacy_manager: false }],
    ['from another network', { legacy_manager: true, legacy_manager_networks: ['192.0.2.0/24'] }],
  ])('changes nothing %s', async (_title, auth) => {
    const manager = await start(auth);

    await expect(manager.push([anOldIntent()])).rejects.toThrow(/answered 40[13]/);

    expect((await agent.asManager('GET', PATHS.intentsMerkle)).body.data.set).toBeNull();
  });

  it('gives way to a current one, and takes over again', async () => {
    const old = await start();
    await old.push([anOldIntent({ priority: 9 })]);

    const current = await agent.postSet(aPostedSet([anIntent({ priority: 3 })], { epoch: 4, generation: 1 }));
    expect(current.status).toBe(200);
    await eventually(async () => expect((await served())[0]?.[1]).toBe(3));
    await old.push([anOldIntent({ priority: 9 })]);

    await eventually(async () => expect((await served())[0]?.[1]).toBe(9));
    // The version stays, so an older set of the current manager stays refused; its digest shows that it must send.
    const { set } = (await agent.asManager('GET', PATHS.intentsMerkle)).body.data;
    expect(set).toMatchObject({ epoch: 4, generation: 1 });
    expect(set.digest).not.toBe(current.body.data.digest);
  });

  it('is outdone by a current manager that still delivers', async () => {
    const old = await start();
    fleet = await MixedFleet.start();
    await fleet.wish({ name: 'ours', priority: 3 });
    fleet.place('node-1', agent.url);
    await eventually(async () => expect(await fleet?.delivery()).toMatchObject({ state: 'Applied' }));

    await old.push([anOldIntent({ priority: 9 })]);

    await eventually(async () =>
      expect(await old.root()).not.toBe(merkleRootOf([anOldIntent({ priority: 9 })])),
    );
    await eventually(async () => expect(await fleet?.delivery()).toMatchObject({ state: 'Applied' }));
  });

  it('leaves the door open to a current manager whose key the agent does not know', async () => {
    agent = await startAgent({ legacy_manager: true, legacy_manager_networks: LOOPBACK }, []);
    fleet = await MixedFleet.start({ key: { dm_public_key_pem: agent.publicKeyPem() } });
    await fleet.wish({ name: 'containers', containerNames: ['app'] });
    fleet.place('node-1', agent.url);

    await eventually(async () =>
      expect(await fleet?.delivery()).toMatchObject({
        state: 'Applied',
        agentGeneration: 'current',
        withheld: 0,
      }),
    );
  });
});

describe('a manager of the first generation with its own agent', () => {
  it('is the model that this test claims: the stand-ins understand each other', async () => {
    const old = await FirstGenerationAgent.start();
    try {
      const manager = new FirstGenerationManager({ origin: old.origin, publicKeyPem: old.publicKeyPem });
      const intents = [anOldIntent(), anOldIntent({ podName: 'web-2' })];

      expect(await manager.reconcile(intents)).toBe(true);
      expect(await manager.reconcile(intents)).toBe(false);
      expect(old.held).toHaveLength(2);
      expect(await manager.reconcile([])).toBe(true);
      expect(old.held).toEqual([]);
      // One token for each operation, as the original has it.
      expect(old.callsTo('POST', PATHS.token)).toHaveLength(5);
    } finally {
      await old.stop();
    }
  });
});
