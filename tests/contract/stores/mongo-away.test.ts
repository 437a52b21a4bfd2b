import { afterEach, expect, it } from 'vitest';
import { MongoConnection, type MongoSettings } from '../../../manager/adapters/mongo/mongo-connection.js';
import { eventually } from '../../support/eventually.js';
import { freePorts } from '../../support/kubernetes/free-ports.js';
import { describeMongoDb, mongoSettingsFor } from '../../support/mongodb-server.js';
import { startTestManager, type TestManager } from '../../support/test-manager.js';

const STRATEGIES = '/api/v1/strategies';
const A_STRATEGY = { labelSelectors: [{ key: 'app', value: 'web' }], k8sNamespace: ['shop'] };

function impatient(settings: MongoSettings): MongoSettings {
  return { ...settings, connectTimeoutMs: 500, operationTimeoutMs: 5_000 };
}

async function storeProblem(manager: TestManager): Promise<string | null> {
  const { body } = await manager.call('GET', '/ready');
  return body.checks.find(({ name }: { name: string }) => name === 'store').problem;
}

let manager: TestManager | undefined;
afterEach(async () => {
  await manager?.stop();
  manager = undefined;
});

await describeMongoDb('a MongoDB server that is away', (server) => {
  it('does not keep the manager from starting, which goes on when the server comes', async () => {
    const { process, newDatabase } = server();
    if (process === undefined) return;
    await process.kill();

    const started = await startTestManager({ store: impatient(newDatabase()) });
    manager = started;

    expect(await storeProblem(started)).toMatch(/ECONNREFUSED/);
    const early = await started.request('POST', '/api/v1/auth/login', {
      body: { username: 'a', password: 'b' },
    });
    expect([early.status, early.headers.get('retry-after')]).toEqual([503, '1']);
    await process.startAgain();
    await eventually(async () => expect(await storeProblem(started)).toBeNull());
    const token = await started.login();
    expect((await started.call('POST', STRATEGIES, A_STRATEGY, token)).status).toBe(200);
  });

  it('leaves what was read in memory, takes no write, and has everything that was acknowledged when it is back', async () => {
    const { process, newDatabase } = server();
    if (process === undefined) return;
    const started = await startTestManager({ store: impatient(newDatabase()) });
    manager = started;
    const token = await started.login();
    const created = await started.call('POST', STRATEGIES, A_STRATEGY, token);
    const { id } = created.body.data;
    const mine = async () => {
      const { status, body } = await started.call('GET', `${STRATEGIES}/self`, undefined, token);
      return [status, body.data?.strategies?.map((strategy: { id: string }) => strategy.id)];
    };
    expect(await mine()).toEqual([200, [id]]);

    await process.kill();

    const refused = await started.request('POST', STRATEGIES, { body: A_STRATEGY, token });
    expect([refused.status, refused.body.code, refused.headers.get('retry-after')]).toEqual([
      503,
      'unavailable',
      '1',
    ]);
    expect(await storeProblem(started)).not.toBeNull();
    // Longer than anything counts as fresh.
    await new Promise((resolve) => setTimeout(resolve, 2_500));
    expect(await mine()).toEqual([200, [id]]);
    await process.startAgain();
    await eventually(async () => {
      expect(await storeProblem(started)).toBeNull();
      expect((await started.call('POST', STRATEGIES, A_STRATEGY, token)).status).toBe(200);
    });
    const [, ids] = await mine();
    expect(ids).toContain(id);
  });

  it('is waited for once, and not by every operation anew', async () => {
    const { process, newDatabase } = server();
    if (process === undefined) return;
    const settings = { ...newDatabase(), connectTimeoutMs: 2_000 };
    const connection = new MongoConnection(settings);
    const ping = () => connection.run((database) => database.command({ ping: 1 }));
    try {
      await ping();
      await process.kill();
      await expect(ping()).rejects.toMatchObject({ code: 'unavailable' });

      const startedMs = performance.now();
      for (let count = 0; count < 10; count++) {
        await expect(ping()).rejects.toMatchObject({ code: 'unavailable' });
      }
      // The first may still wait for the rest of the one wait.
      expect(performance.now() - startedMs).toBeLessThan(2 * settings.connectTimeoutMs);

      await process.startAgain();
      await eventually(() => ping());
    } finally {
      await connection.close();
    }
  });

  it('is named without its password and its address', async () => {
    const [port = 0] = await freePorts(1);
    const uri = `mongodb://podium:top%2Fsecret@127.0.0.1:${port}/?authSource=admin&directConnection=true`;
    const connection = new MongoConnection(impatient(mongoSettingsFor(uri, 'x')));
    try {
      const failure = await connection
        .run((database) => database.command({ ping: 1 }))
        .catch((error) => error);

      expect(failure).toMatchObject({ code: 'unavailable' });
      expect(failure.message).toMatch(/ECONNREFUSED/);
      const everything = `${failure.message} ${failure.stack} ${JSON.stringify(failure)} ${connection.problem}`;
      expect(everything).not.toMatch(/top(\/|%2F)secret/);
      expect(everything).not.toContain(`127.0.0.1:${port}`);
    } finally {
      await connection.close();
    }
  });

  it.each(['mongodb://u:top-secret@', 'mongodb://u:top-secret@h/?nonsense=1', 'mongodb://u:top-se@cret@h/'])(
    'cannot be addressed by a bad URI, and the words hide its password',
    (uri) => {
      let message = '';
      try {
        new MongoConnection(mongoSettingsFor(uri, 'x'));
      } catch (error) {
        message = String(error);
      }

      expect(message).toMatch(/address of the database/);
      expect(message).not.toMatch(/top-se/);
    },
  );
});
