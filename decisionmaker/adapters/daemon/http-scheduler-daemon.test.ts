import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { PretendDaemon } from '../../../tests/support/wire/pretend-daemon.js';
import type { RuntimeConfig } from '../../domain/runtime-config.js';
import { daemonTimeoutMs, HttpSchedulerDaemon } from './http-scheduler-daemon.js';

const CONFIG: RuntimeConfig = {
  configVersion: 'v1',
  mode: 'none',
  schedulerName: '',
  sliceNsDefault: 0,
  sliceNsMin: 0,
  kernelMode: false,
  maxTimeWatchdog: false,
  earlyProcessing: false,
  builtinIdle: false,
  schedulerEnabled: false,
  monitoringEnabled: false,
};

let pretended: PretendDaemon;
beforeEach(async () => {
  pretended = new PretendDaemon();
  await pretended.start();
});
afterEach(() => pretended.stop());

function aDaemon(timeoutMs = 10_000): HttpSchedulerDaemon {
  return new HttpSchedulerDaemon({ endpoint: pretended.endpoint, timeoutMs });
}

const never = () => new AbortController().signal;

describe('daemonTimeoutMs', () => {
  it('is five seconds at least', () => {
    expect([0.1, 5, 7.5].map(daemonTimeoutMs)).toEqual([5_000, 5_000, 7_500]);
  });
});

describe('HttpSchedulerDaemon', () => {
  it('posts the config, and asks for the status', async () => {
    await aDaemon().apply(CONFIG, never());
    pretended.answer = () => ({
      status: 200,
      text: '{"success":true,"data":{"applied":true,"configAvailable":false,"restartCount":2}}',
    });

    expect(await aDaemon().status(never())).toEqual({
      applied: true,
      configAvailable: false,
      restartCount: 2,
    });
    expect(pretended.calls.map(({ method, path }) => `${method} ${path}`)).toEqual([
      'POST /api/v1/runtime-config',
      'GET /api/v1/status',
    ]);
    expect(JSON.parse(pretended.calls[0]?.body ?? '')).toMatchObject({ kernelMode: false });
  });

  it.each([
    ['nothing', ''],
    ['a noop', '{"success":true,"noop":true}'],
  ])('takes %s for a yes', async (_title, text) => {
    pretended.answer = () => ({ status: 200, text });

    await expect(aDaemon().apply(CONFIG, never())).resolves.toBeUndefined();
  });

  it.each([
    ['a refusal', { status: 200, text: '{"success":false,"error":"busy"}' }, 'it refused: busy'],
    ['another status', { status: 500, text: 'no' }, 'with 500: no'],
    ['a redirect', { status: 302, text: '' }, 'with 302'],
    ['garbage', { status: 200, text: '<html>' }, 'something else than JSON: <html>'],
    ['JSON of another shape', { status: 200, text: '[]' }, 'something else than JSON'],
    ['more than it should', { status: 200, text: 'x'.repeat(100_000) }, 'longer than 65536 bytes'],
  ])('says why at %s', async (_title, answer, reason) => {
    pretended.answer = () => answer;

    await expect(aDaemon().apply(CONFIG, never())).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining(reason),
    });
  });

  it.each(['{"success":false}', '{"success":true}', 'null', '', '{"data":[]}', 'x'])(
    'knows no status from %j',
    async (text) => {
      pretended.answer = () => ({ status: 200, text });

      await expect(aDaemon().status(never())).rejects.toMatchObject({ code: 'unavailable' });
    },
  );

  it('gives up on one that never answers', async () => {
    pretended.answer = () => undefined;

    await expect(aDaemon(50).apply(CONFIG, never())).rejects.toThrow('no answer within 50 ms');
  });

  it('ends with its caller', async () => {
    const end = new AbortController();
    pretended.answer = () => {
      end.abort();
      return undefined;
    };

    await expect(aDaemon().apply(CONFIG, end.signal)).rejects.toMatchObject({ code: 'unavailable' });
  });

  it('says that one is absent, and that one hangs up', async () => {
    const rude = createServer((socket) => socket.destroy());
    await new Promise<void>((resolve) => {
      rude.listen(0, '127.0.0.1', resolve);
    });
    const endpoint = `http://127.0.0.1:${(rude.address() as AddressInfo).port}`;
    await expect(
      new HttpSchedulerDaemon({ endpoint, timeoutMs: 10_000 }).status(never()),
    ).rejects.toMatchObject({ code: 'unavailable' });
    await new Promise((resolve) => rude.close(resolve));

    await pretended.stop();
    await expect(aDaemon().status(never())).rejects.toThrow('ECONNREFUSED');
  });
});
