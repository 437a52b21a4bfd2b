import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { writeFileDurably } from './write-file-durably.js';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'podium-test-'));
});
afterEach(() => rm(folder, { recursive: true }));

describe('writeFileDurably', () => {
  it('replaces the content, readable by its owner only, and leaves no temporary file', async () => {
    const file = path.join(folder, 'state');

    await writeFileDurably(file, 'old');
    await writeFileDurably(file, 'new');

    expect(await readFile(file, 'utf8')).toBe('new');
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(await readdir(folder)).toEqual(['state']);
  });

  it('keeps the old content and cleans up when it cannot replace', async () => {
    await expect(writeFileDurably(path.join(folder, 'no', 'such', 'folder'), 'x')).rejects.toThrow('ENOENT');

    await writeFileDurably(path.join(folder, 'a'), 'old');
    await expect(writeFileDurably(path.join(folder, 'a', 'b'), 'x')).rejects.toThrow('ENOTDIR');
    expect(await readdir(folder)).toEqual(['a']);
  });
});
