import { mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../../shared/lifecycle/clock.js';
import { aKnownSet, anIntent } from '../../../tests/support/agent-builders.js';
import { IntentSetFile } from './intent-set-file.js';

let folder = '';
let file = '';
let store: IntentSetFile;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'podium-test-'));
  file = path.join(folder, 'intent-set.json');
  store = new IntentSetFile(folder, { ...systemClock, now: () => Date.parse('2026-01-02T03:04:05Z') });
});
afterEach(() => rm(folder, { recursive: true }));

const SET = aKnownSet([anIntent({ podLabels: { '10': 'x', b: 'ü', a: '' } }), anIntent()], { generation: 7 });

describe('IntentSetFile', () => {
  it('has nothing before anything was saved', async () => {
    expect(await store.load()).toBeUndefined();
  });

  it('gives back what was saved last', async () => {
    await store.save(aKnownSet([]));
    await store.save(SET);

    const { merkleRoot: _root, byPod: _compiled, ...stored } = SET;
    expect(await store.load()).toEqual(stored);
  });

  it.each([
    ['cut off', async () => truncate(file, 100)],
    ['empty', async () => truncate(file, 0)],
    [
      'changed by hand',
      async () => writeFile(file, (await readFile(file, 'utf8')).replace('web-1', 'web-2')),
    ],
    [
      'of a later version',
      async () => writeFile(file, (await readFile(file, 'utf8')).replace('"version":1', '"version":2')),
    ],
    ['something else', async () => writeFile(file, '[]')],
    ['null', async () => writeFile(file, 'null')],
  ])('refuses a file that is %s, and moves it aside for a person to see', async (_title, damage) => {
    await store.save(SET);
    await damage();

    await expect(store.load()).rejects.toMatchObject({ code: 'invalid' });
    await store.setAside();

    expect(await readdir(folder)).toEqual(['intent-set.json.corrupt-2026-01-02T03-04-05-000Z']);
    expect(await store.load()).toBeUndefined();
  });

  it('clears away what a crash in the middle of a write left behind', async () => {
    await store.save(SET);
    await writeFile(`${file}.0123456789ab.tmp`, '{"format":');

    await store.load();

    expect(await readdir(folder)).toEqual(['intent-set.json']);
  });
});
