import { chmod, readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { expect, it } from 'vitest';
import { temporaryFolder } from '../../../tests/support/temporary-folder.js';
import { SqliteExecutor } from './sqlite-executor.js';

it('keeps its files to their owner, also those that were open to others', async () => {
  const folder = await temporaryFolder();
  const modes = async () => {
    const names = await readdir(folder.path);
    const found = await Promise.all(names.map((name) => stat(path.join(folder.path, name))));
    return [...new Set(found.map(({ mode }) => (mode & 0o777).toString(8)))];
  };
  const file = path.join(folder.path, 'a.db');
  try {
    new SqliteExecutor(file).close();
    await chmod(file, 0o644);
    const executor = new SqliteExecutor(file);
    executor.executeBatch([{ sql: 'DELETE FROM users', values: [] }]);

    expect(await modes()).toEqual(['600']);
    executor.close();
  } finally {
    await folder.remove();
  }
});
