import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { PATHS } from '../../shared/contract/decision-maker-api.js';
import { SimulatedNode } from '../support/simulated-node.js';
import { TestAgent } from '../support/test-agent.js';
import { PretendDaemon } from '../support/wire/pretend-daemon.js';

const CONFIG = {
  configVersion: 'v1',
  mode: 'gthulhu',
  sliceNsDefault: 20_000_000,
  sliceNsMin: 1_000_000,
  kernelMode: true,
  schedulerEnabled: true,
};

let node: SimulatedNode;
let daemon: PretendDaemon;
let agent: TestAgent;
beforeEach(async () => {
  node = new SimulatedNode();
  daemon = new PretendDaemon();
  await daemon.start();
  agent = await TestAgent.start({
    procRoot: node.procRoot,
    cgroupRoot: node.cgroupRoot,
    sections: { daemon: { endpoint: `${daemon.endpoint}/` } },
  });
});
afterEach(async () => {
  await agent.stop();
  await daemon.stop();
  node.close();
});

const post = (body: unknown) => agent.asManager('POST', PATHS.runtimeConfig, body);
const status = async () => (await agent.asManager('GET', PATHS.runtimeConfig)).body.data;

describe('POST /api/v1/runtime-config', () => {
  it('passes the config on with every boolean said, and is known afterwards without a daemon', async () => {
    const answer = await post({ ...CONFIG, kernelMode: false });
    await daemon.stop();

    expect([answer.status, Object.keys(answer.body)]).toEqual([200, ['success', 'timestamp']]);
    expect(daemon.calls.map(({ body }) => JSON.parse(body))).toEqual([
      {
        ...CONFIG,
        kernelMode: false,
        maxTimeWatchdog: false,
        earlyProcessing: false,
        builtinIdle: false,
        monitoringEnabled: false,
      },
    ]);
    expect(await status()).toMatchObject({ configVersion: 'v1', applied: true, kernelMode: false });
  });

  it.each([
    ['a daemon that refuses', { status: 200, text: '{"success":false,"error":"busy"}' }, 'busy'],
    ['a daemon that fails', { status: 503, text: '' }, '503'],
    ['a daemon that talks nonsense', { status: 200, text: '<html>' }, 'JSON'],
  ])('tells of %s, and keeps what was applied before', async (_title, answer, reason) => {
    await post(CONFIG);
    daemon.answer = () => answer;

    const refused = await post({ ...CONFIG, configVersion: 'v2' });

    expect([refused.status, refused.body.error]).toEqual([400, 'Failed to apply runtime config']);
    expect(refused.body.details[0].reason).toContain(reason);
    expect((await status()).configVersion).toBe('v1');
  });

  it('tells of a daemon that is absent', async () => {
    await daemon.stop();

    const refused = await post(CONFIG);

    expect([refused.status, refused.body.error]).toEqual([400, 'Failed to apply runtime config']);
    expect(refused.body.details[0].reason).toContain('ECONNREFUSED');
    expect(await status()).toEqual({ applied: false, configAvailable: false });
  });

  it('lists the faults of a config, without asking the daemon', async () => {
    const refused = await post({ mode: 'scx', schedulerName: '../scx_a' });

    expect([refused.status, refused.body.error]).toEqual([400, 'Failed to apply runtime config']);
    expect(refused.body.details.map(({ field }: { field: string }) => field)).toEqual([
      'configVersion',
      'schedulerName',
    ]);
    expect(daemon.calls).toEqual([]);
  });

  it('reads keys in any case, and null as missing', async () => {
    await post({ CONFIGVERSION: 'v3', kernelmode: true, Mode: null });

    expect(JSON.parse(daemon.calls[0]?.body ?? '')).toMatchObject({
      configVersion: 'v3',
      mode: 'none',
      kernelMode: true,
    });
  });
});

describe('GET /api/v1/runtime-config', () => {
  it('prefers the daemon’s own word, in the public order of keys', async () => {
    await post(CONFIG);
    const data = {
      kernelMode: true,
      configAvailable: true,
      restartCount: 3,
      applied: true,
      configVersion: 'v9',
    };
    daemon.answer = () => ({ status: 200, text: JSON.stringify({ success: true, data }) });

    const told = await status();

    expect(Object.entries(told).slice(0, 5)).toEqual([
      ['configVersion', 'v9'],
      ['applied', true],
      ['restartCount', 3],
      ['configAvailable', true],
      ['kernelMode', true],
    ]);
  });
});
