import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { packageRoot } from '../../shared/files/package-root.js';
import { embeddedStores } from '../support/embedded-stores.js';
import { acknowledgedBeforeTheKill } from '../support/killed-writer.js';
import { mongoStores } from '../support/mongo-stores.js';
import { describeMongoDb } from '../support/mongodb-server.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const program = path.join(packageRoot(), 'dist/tools/bench/store/writer.js');

function lost(acknowledged: readonly string[], kept: readonly { readonly id: string }[]) {
  const ids = new Set(kept.map(({ id }) => id));
  return acknowledged.filter((id) => !ids.has(id));
}

describe('the embedded store', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  beforeAll(async () => {
    folder = await temporaryFolder();
  });
  afterAll(() => folder.remove());

  it('has lost nothing that was acknowledged when its process is killed while it writes', async () => {
    for (const afterWrites of [1, 500, 3_000]) {
      const place = path.join(folder.path);
      const acknowledged = await acknowledgedBeforeTheKill({ program, args: [place, ''], afterWrites });
      const stores = embeddedStores(path.join(place, 'podium.db'));
      try {
        expect(acknowledged.length).toBeGreaterThanOrEqual(afterWrites);
        expect(lost(acknowledged, await stores.strategies.all())).toEqual([]);
        for (const { id } of await stores.strategies.all()) await stores.strategies.delete(id);
      } finally {
        await stores.close();
      }
    }
  });
});

await describeMongoDb('the MongoDB store', (server) => {
  it('has lost nothing that was acknowledged when the writer is killed, and then the server', async () => {
    const { process: running, newDatabase } = server();
    const settings = newDatabase();
    const acknowledged = await acknowledgedBeforeTheKill({
      program,
      args: [settings.uri, settings.database],
      afterWrites: 300,
    });
    if (running !== undefined) {
      await running.kill();
      await running.startAgain();
    }

    const stores = await mongoStores(settings);
    try {
      expect(acknowledged.length).toBeGreaterThanOrEqual(300);
      expect(lost(acknowledged, await stores.strategies.all())).toEqual([]);
    } finally {
      await stores.close();
    }
  });
});
