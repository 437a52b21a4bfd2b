import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ManagerWordFile } from './manager-word-file.js';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'podium-test-'));
});
afterEach(() => rm(folder, { recursive: true }));

describe('ManagerWordFile', () => {
  it('gives back the time that was saved last', async () => {
    const file = new ManagerWordFile(folder);
    expect(await file.load()).toBeUndefined();

    await file.save(1_700_000_000_000);
    await file.save(1_700_000_000_123);

    expect(await new ManagerWordFile(folder).load()).toBe(1_700_000_000_123);
  });

  it.each(['', 'soon', '\u0000\u0000'])('knows no time from %j', async (text) => {
    await writeFile(path.join(folder, 'last-manager-word'), text);

    expect(await new ManagerWordFile(folder).load()).toBeUndefined();
  });

  it('knows none where its file is something else', async () => {
    await mkdir(path.join(folder, 'last-manager-word'));

    expect(await new ManagerWordFile(folder).load()).toBeUndefined();
  });
});
