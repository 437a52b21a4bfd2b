import { stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../tests/support/temporary-folder.js';
import { AuditHeads } from './audit-heads.js';

const head = { sequence: 7, hash: 'a'.repeat(64) };

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
beforeEach(async () => {
  folder = await temporaryFolder();
});
afterEach(() => folder.remove());

describe('AuditHeads', () => {
  it('remembers one head for each server', async () => {
    const heads = new AuditHeads(folder.path);

    await Promise.all([
      heads.remember('http://one', head),
      heads.remember('http://two', { ...head, sequence: 9 }),
    ]);

    expect(await heads.of('http://one')).toEqual(head);
    expect(await heads.of('http://two')).toEqual({ ...head, sequence: 9 });
    expect(await heads.of('http://three')).toBeUndefined();
    expect((await stat(path.join(folder.path, 'audit-heads.json'))).mode & 0o777).toBe(0o600);
  });

  it.each(['', '[1]', '{"http://one":{"sequence":"7"}}'])('does not guess at %j', async (text) => {
    await writeFile(path.join(folder.path, 'audit-heads.json'), text);

    await expect(new AuditHeads(folder.path).of('http://one')).rejects.toThrow(
      /audit-heads\.json is not a file/,
    );
  });
});
