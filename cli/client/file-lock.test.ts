import { spawn } from 'node:child_process';
import { readdir, readFile, utimes, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../tests/support/temporary-folder.js';
import { withFileLock } from './file-lock.js';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let file = '';
beforeEach(async () => {
  folder = await temporaryFolder();
  file = path.join(folder.path, 'state.json');
});
afterEach(() => folder.remove());

const lock = (number: number) => `${file}.lock.${number}`;

describe('withFileLock', () => {
  it('lets one work at a time, and every one in the end', async () => {
    await writeFile(file, '0');
    let atWork = 0;
    let most = 0;
    const increment = () =>
      withFileLock(file, 10_000, async () => {
        most = Math.max(most, ++atWork);
        const count = Number(await readFile(file, 'utf8'));
        await new Promise((resolve) => setTimeout(resolve, 1));
        await writeFile(file, String(count + 1));
        atWork--;
      });

    await Promise.all(Array.from({ length: 25 }, increment));

    expect(most).toBe(1);
    expect(await readFile(file, 'utf8')).toBe('25');
    expect(await readdir(folder.path)).toHaveLength(2);
  });

  it('gives the outcome back, and is free again after a failure', async () => {
    expect(await withFileLock(file, 100, async () => 'done')).toBe('done');
    await expect(
      withFileLock(file, 100, async () => {
        throw new Error('no');
      }),
    ).rejects.toThrow('no');
    expect(await withFileLock(file, 100, async () => 'again')).toBe('again');
  });

  it('waits for a holder that lives, and says whom it waited for', async () => {
    const holder = spawn('sleep', ['60']);
    try {
      await writeFile(lock(7), JSON.stringify({ host: hostname(), pid: holder.pid }));

      await expect(withFileLock(file, 100, async () => 'mine')).rejects.toThrow(`pid ${holder.pid}`);
    } finally {
      holder.kill();
    }
  });

  it('takes the place of a holder that is gone, once, however many notice it', async () => {
    const holder = spawn('true');
    await new Promise((resolve) => holder.once('exit', resolve));
    await writeFile(lock(7), JSON.stringify({ host: hostname(), pid: holder.pid }));
    let atWork = 0;
    let most = 0;

    await Promise.all(
      Array.from({ length: 10 }, () =>
        withFileLock(file, 10_000, async () => {
          most = Math.max(most, ++atWork);
          await new Promise((resolve) => setTimeout(resolve, 5));
          atWork--;
        }),
      ),
    );

    expect(most).toBe(1);
    expect(await readdir(folder.path)).toEqual([`state.json.lock.${7 + 10}`]);
  });

  it.each([
    ['of another machine', JSON.stringify({ host: 'elsewhere', pid: 1 })],
    ['that was being written', ''],
  ])('waits for a holder %s only as long as one may work', async (_, content) => {
    await writeFile(lock(1), content);
    await expect(withFileLock(file, 50, async () => 'mine')).rejects.toThrow('is held');

    const longAgo = new Date(Date.now() - 10 * 60_000);
    await utimes(lock(1), longAgo, longAgo);
    expect(await withFileLock(file, 50, async () => 'mine')).toBe('mine');
  });
});
