import { tmpdir } from 'node:os';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Clock, systemClock } from '../../../shared/lifecycle/clock.js';
import { silentLogger } from '../../../shared/observability/logger.js';
import { eventually } from '../../../tests/support/eventually.js';
import { ScriptedApi } from '../../../tests/support/scripted-api.js';
import { type Connection, connect } from '../../client/connection.js';
import { KubeClient } from '../../client/kube-client.js';
import type { Node, NodeCondition } from '../../client/objects.js';
import { machineFacts, machineHealth } from './machine.js';
import { type NodeHealth, nodeConditions } from './node-description.js';
import { NodeRegistrar } from './node-registrar.js';

const LEASE = '/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases/n1';
const NODE = { metadata: { name: 'n1', uid: 'uid-of-n1', resourceVersion: '1' } };

let api: ScriptedApi;
let connection: Connection;
let registrar: NodeRegistrar;
let registered: Node[] = [];

beforeEach(async () => {
  registered = [];
  api = await ScriptedApi.start();
  connection = connect({ server: api.url, insecureSkipTlsVerify: false });
});
afterEach(async () => {
  await registrar.stop();
  await connection.close();
  await api.stop();
});

/** Starts a registrar whose waits take a hundredth of their time. */
async function start(): Promise<void> {
  const machine = await machineFacts();
  const clock: Clock = { ...systemClock, sleep: (ms, signal) => systemClock.sleep(ms / 100, signal) };
  registrar = new NodeRegistrar({
    client: new KubeClient(connection.send),
    node: () => ({
      name: 'n1',
      ip: '127.0.0.1',
      kubeletPort: 10_250,
      cpus: 2,
      memoryBytes: 2 ** 30,
      maxPods: 110,
      version: 'v1.34.4-podium',
      runtime: 'podium-process://20',
      machine,
    }),
    health: () => machineHealth(tmpdir()),
    readyMessage: 'ready',
    clock,
    random: () => 0,
    logger: silentLogger,
    onRegistered: (node) => registered.push(node),
  });
  await registrar.start();
}

function requests(): string[] {
  return api.received.map(({ method, path }) => `${method} ${path}`);
}

function condition(type: string): NodeCondition | undefined {
  const reports = api.received.filter(({ path }) => path === '/api/v1/nodes/n1/status');
  const conditions = reports.at(-1)?.body.status.conditions as NodeCondition[] | undefined;
  return conditions?.find((candidate) => candidate.type === type);
}

describe('NodeRegistrar', () => {
  it('registers the node with what is true of this machine, and makes its lease', async () => {
    api.script = ({ method, path }) => {
      if (method === 'PATCH' && path === LEASE) return { status: 404 };
      return path === '/api/v1/nodes' ? { status: 201, body: NODE } : undefined;
    };

    await start();
    await eventually(() => expect(requests()).toContain(`POST ${LEASE.replace('/n1', '')}`));

    expect(api.received[0]).toMatchObject({
      method: 'POST',
      path: '/api/v1/nodes',
      body: {
        kind: 'Node',
        metadata: { name: 'n1', labels: { 'kubernetes.io/hostname': 'n1', 'kubernetes.io/os': 'linux' } },
        status: {
          capacity: { cpu: '2', memory: '1048576Ki', pods: '110' },
          allocatable: { pods: '110' },
          addresses: [
            { type: 'InternalIP', address: '127.0.0.1' },
            { type: 'Hostname', address: 'n1' },
          ],
          daemonEndpoints: { kubeletEndpoint: { Port: 10_250 } },
          nodeInfo: { kubeletVersion: 'v1.34.4-podium', operatingSystem: 'linux' },
        },
      },
    });
    expect(condition('Ready')).toMatchObject({ status: 'True', reason: 'KubeletReady' });
    expect(registered).toMatchObject([NODE]);
    const lease = api.with('POST').at(-1)?.body;
    expect(lease).toMatchObject({
      metadata: { name: 'n1', ownerReferences: [{ kind: 'Node', uid: 'uid-of-n1' }] },
      spec: { holderIdentity: 'n1', leaseDurationSeconds: 40 },
    });
    expect(lease.spec.renewTime).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/);
  });

  it('takes over the node of an earlier run and renews its lease', async () => {
    api.script = ({ path }) => {
      if (path === '/api/v1/nodes') return { status: 409 };
      return path === '/api/v1/nodes/n1' ? { status: 200, body: NODE } : undefined;
    };

    await start();
    await eventually(() => expect(requests().filter((line) => line === `PATCH ${LEASE}`)).toHaveLength(3));

    expect(requests().slice(0, 4)).toEqual([
      'POST /api/v1/nodes',
      'PATCH /api/v1/nodes/n1',
      'PATCH /api/v1/nodes/n1/status',
      `PATCH ${LEASE}`,
    ]);
    expect(requests().filter((line) => line === 'PATCH /api/v1/nodes/n1/status')).toHaveLength(1);
  });

  it('registers again when somebody has deleted the node and its lease', async () => {
    let isDeleted = false;
    api.script = ({ method, path }) => {
      if (path === '/api/v1/nodes') isDeleted = false;
      return isDeleted && (method === 'POST' || path === LEASE)
        ? { status: 404 }
        : { status: 200, body: NODE };
    };
    await start();
    await eventually(() => expect(registered).toHaveLength(1));

    isDeleted = true;

    await eventually(() => expect(registered).toHaveLength(2));
  });

  it('keeps trying while the API server is away', async () => {
    const answers = [500, 503, 429].map((status) => ({ status }));
    api.script = () => answers.shift() ?? { status: 200, body: NODE };

    await start();

    await eventually(() => expect(registered).toHaveLength(1));
  });

  it('says at the end that the node is not ready', async () => {
    api.script = () => ({ status: 200, body: NODE });
    await start();
    await eventually(() => expect(registered).toHaveLength(1));

    await registrar.stop();

    expect(condition('Ready')).toMatchObject({ status: 'False', reason: 'KubeletStopped' });
  });
});

describe('nodeConditions', () => {
  const health: NodeHealth = {
    ready: { status: true, reason: 'KubeletReady', message: 'ready' },
    memoryAvailableBytes: 2 ** 30,
    diskFree: 0.5,
    processIdsFree: 0.9,
  };

  it('report what runs short, each since when', () => {
    const [before, now] = [0, 60_000];
    const known = nodeConditions(health, [], before);

    const conditions = nodeConditions({ ...health, memoryAvailableBytes: 1, diskFree: 0.05 }, known, now);

    const facts = conditions.map(({ type, status, lastTransitionTime }) => [
      type,
      status,
      lastTransitionTime,
    ]);
    expect(facts).toEqual([
      ['MemoryPressure', 'True', '1970-01-01T00:01:00Z'],
      ['DiskPressure', 'True', '1970-01-01T00:01:00Z'],
      ['PIDPressure', 'False', '1970-01-01T00:00:00Z'],
      ['Ready', 'True', '1970-01-01T00:00:00Z'],
    ]);
    expect(conditions.every(({ lastHeartbeatTime }) => lastHeartbeatTime === '1970-01-01T00:01:00Z')).toBe(
      true,
    );
  });
});
