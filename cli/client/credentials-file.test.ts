import { chmod, mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../tests/support/temporary-folder.js';
import { CredentialsFile, type SavedSession, withSession } from './credentials-file.js';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let file: CredentialsFile;
beforeEach(async () => {
  folder = await temporaryFolder();
  file = new CredentialsFile(folder.path);
});
afterEach(() => folder.remove());

const session: SavedSession = { username: 'ann', accessToken: 'a', validUntil: 1, refreshToken: 'r' };

describe('CredentialsFile', () => {
  it('is readable by its owner only, in a folder of the same kind', async () => {
    await mkdir(path.dirname(file.path), { mode: 0o755 });

    await file.change((before) => withSession(before, 'http://one', session));

    expect((await stat(file.path)).mode & 0o777).toBe(0o600);
    expect((await stat(path.dirname(file.path))).mode & 0o777).toBe(0o700);
    expect((await file.read()).servers['http://one']).toEqual(session);
  });

  it('keeps the sessions of several servers apart', async () => {
    await file.change((before) => ({ ...withSession(before, 'http://one', session), current: 'http://one' }));
    await file.change((before) => withSession(before, 'http://two', { ...session, username: 'bob' }));
    await file.change((before) => withSession(before, 'http://one', undefined));

    const { current, servers } = await file.read();
    expect(current).toBe('http://one');
    expect(Object.keys(servers)).toEqual(['http://two']);
  });

  it('loses no change of several at one time', async () => {
    const servers = Array.from({ length: 12 }, (_, index) => `http://server-${index}`);

    await Promise.all(servers.map((server) => file.change((before) => withSession(before, server, session))));

    expect(Object.keys((await file.read()).servers).sort()).toEqual(servers.sort());
  });

  it('writes nothing when nothing changes', async () => {
    await file.change((before) => before);

    expect((await readdir(path.dirname(file.path))).filter((name) => !name.includes('.lock.'))).toEqual([]);
  });

  it('is not used when others may read it', async () => {
    await file.change((before) => withSession(before, 'http://one', session));
    await chmod(file.path, 0o640);

    await expect(file.read()).rejects.toThrow(/mode 640.*chmod 600/);
    await expect(file.change((before) => withSession(before, 'http://one', undefined))).rejects.toThrow(
      /mode 640/,
    );
    expect(await readFile(file.path, 'utf8')).toContain('http://one');
  });

  it.each(['', '{', '[]', 'null', '{"servers":{"http://one":{}}}', '{"servers":5}'])(
    'is not guessed at when it holds %j',
    async (text) => {
      await mkdir(path.dirname(file.path));
      await writeFile(file.path, text, { mode: 0o600 });

      await expect(file.read()).rejects.toThrow(/is not a file of podium's/);
    },
  );
});
