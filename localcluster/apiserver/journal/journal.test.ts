import { appendFile, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startLocalApiServer } from '../../../tests/support/local-api-server.js';
import { openWatch } from '../../../tests/support/watch-client.js';
import { ObjectStore } from '../store/object-store.js';
import { objectJournal } from './object-journal.js';
import { JOURNAL_HEADER, readJournal } from './read-journal.js';

const PODS = '/api/v1/namespaces/default/pods';
const NEVER = new AbortController().signal;

let folder = '';
let file = '';
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'podium-test-'));
  file = path.join(folder, 'objects.jsonl');
});
afterEach(() => rm(folder, { recursive: true }));

function aStore(): ObjectStore {
  return new ObjectStore({ firstRevision: 0, historyLimit: 10 });
}

async function startServer() {
  return startLocalApiServer({ dataFile: file, restored: await readJournal(file) });
}

describe('a server with a data file', () => {
  it('has its objects again after a restart, and sends clients of the run before back to listing', async () => {
    const body = { metadata: { name: 'web' }, spec: { containers: [{ name: 'a', image: 'b' }] } };
    const before = await startServer();
    const created = (await before.request('POST', PODS, { body })).json;
    await before.request('POST', PODS, { body: { ...body, metadata: { name: 'gone' } } });
    await before.request('DELETE', `${PODS}/gone`);
    await before.stop();

    const after = await startServer();
    const list = (await after.request('GET', PODS)).json;
    const watch = await openWatch(
      after,
      `${PODS}?watch=1&resourceVersion=${created.metadata.resourceVersion}`,
    );
    await watch.ended;
    await after.stop();

    expect(list.items.map(({ metadata }) => metadata)).toEqual([created.metadata]);
    expect(Number(list.metadata.resourceVersion)).toBeGreaterThan(Number(created.metadata.resourceVersion));
    expect(watch.lines).toMatchObject([{ type: 'ERROR', object: { code: 410 } }]);
  });
});

describe('objectJournal', () => {
  it('is readable by its owner only and says at once what has changed', async () => {
    const store = aStore();
    const journal = objectJournal(file, store);
    await journal.start(NEVER);

    store.collection('pods').put('default/a', { metadata: { name: 'a' } });
    store.collection('pods').put('default/b', { metadata: { name: 'b' } });
    store.collection('pods').remove('default/a');

    expect(await readJournal(file)).toEqual([
      { resource: 'pods', key: 'default/b', object: { metadata: { name: 'b', resourceVersion: '2' } } },
    ]);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    await journal.stop(NEVER);
  });

  it('stays small however often an object changes', async () => {
    const store = aStore();
    const journal = objectJournal(file, store);
    await journal.start(NEVER);

    for (let index = 0; index < 5_000; index += 1) {
      store.collection('leases').put('n1', { metadata: { name: 'n1', labels: { index: String(index) } } });
    }

    expect((await readFile(file, 'utf8')).split('\n').length).toBeLessThan(1_100);
    expect((await readJournal(file))[0]?.object.metadata.labels).toEqual({ index: '4999' });
    await journal.stop(NEVER);
  });

  it('says which file it cannot write', async () => {
    const journal = objectJournal(path.join(folder, 'none', 'objects.jsonl'), aStore());

    await expect(journal.start(NEVER)).rejects.toThrow('objects.jsonl cannot be written');
  });
});

describe('readJournal', () => {
  const line = JSON.stringify({ resource: 'pods', key: 'a', object: { metadata: { resourceVersion: '1' } } });

  it('begins with nothing where there is no file', async () => {
    expect(await readJournal(file)).toEqual([]);
  });

  it('passes over a last line that a crash cut off', async () => {
    await writeFile(file, `${JOURNAL_HEADER}\n${line}\n`);
    await appendFile(file, line.slice(0, 20));

    expect(await readJournal(file)).toHaveLength(1);
  });

  it('refuses what is no journal, and one that is damaged', async () => {
    await writeFile(file, 'something else\n');
    await expect(readJournal(file)).rejects.toThrow('line 1 of the data file');

    await writeFile(file, `${JOURNAL_HEADER}\n${line.slice(0, 20)}\n${line}\n`);
    await expect(readJournal(file)).rejects.toThrow('line 2 of the data file');
  });
});
