import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../shared/lifecycle/clock.js';
import { silentLogger } from '../../shared/observability/logger.js';
import { eventually } from '../../tests/support/eventually.js';
import { ScriptedApi } from '../../tests/support/scripted-api.js';
import { type Connection, connect } from './connection.js';
import { EventRecorder, type EventText } from './event-recorder.js';
import { KubeClient } from './kube-client.js';

const pod = { apiVersion: 'v1', kind: 'Pod', namespace: 'web', name: 'p', uid: 'u' };
const started: EventText = { type: 'Normal', reason: 'Started', message: 'Started container app' };

let api: ScriptedApi;
let connection: Connection;
let recorder: EventRecorder;

beforeEach(async () => {
  api = await ScriptedApi.start();
  connection = connect({ server: api.url, insecureSkipTlsVerify: false });
  recorder = new EventRecorder({
    client: new KubeClient(connection.send),
    source: { component: 'kubelet', host: 'n1' },
    clock: systemClock,
    random: () => 0,
    logger: silentLogger,
  });
});
afterEach(async () => {
  await recorder.stop();
  await connection.close();
  await api.stop();
});

describe('EventRecorder', () => {
  it('writes an event in the namespace of what it is about', async () => {
    recorder.record(pod, started);

    await eventually(() => expect(api.received).toHaveLength(1));
    expect(api.received[0]).toMatchObject({
      method: 'POST',
      path: '/api/v1/namespaces/web/events',
      body: {
        kind: 'Event',
        metadata: { namespace: 'web', name: expect.stringMatching(/^p\.[0-9a-f]{16}$/) },
        involvedObject: pod,
        ...started,
        source: { component: 'kubelet', host: 'n1' },
        count: 1,
      },
    });
  });

  it('counts up the same event, also one that has been forgotten by the server', async () => {
    recorder.record(pod, started);
    recorder.record(pod, started);
    recorder.record({ ...pod, uid: 'other' }, started);
    await eventually(() => expect(api.received).toHaveLength(3));
    api.script = ({ method }) => (method === 'PATCH' ? { status: 404 } : undefined);
    recorder.record(pod, started);

    await eventually(() => expect(api.received).toHaveLength(5));
    expect(api.received.map(({ method, body }) => [method, body.count])).toEqual([
      ['POST', 1],
      ['PATCH', 2],
      ['POST', 1],
      ['PATCH', 3],
      ['POST', 1],
    ]);
  });

  it('tries again what failed, but not what is refused for good', async () => {
    const answers = [{ status: 500 }, undefined, { status: 403 }];
    api.script = () => answers.shift();
    recorder.record(pod, started);
    recorder.record(pod, { ...started, reason: 'Refused' });
    recorder.record(pod, { ...started, reason: 'Last' });

    await eventually(() => expect(api.received).toHaveLength(4));
    expect(api.received.map(({ body }) => body.reason)).toEqual(['Started', 'Started', 'Refused', 'Last']);
  });

  it('writes what is waiting when it stops', async () => {
    recorder.record(pod, started);
    recorder.record(pod, { ...started, reason: 'Killing' });

    await recorder.stop();

    expect(api.received.map(({ body }) => body.reason)).toEqual(['Started', 'Killing']);
  });
});
