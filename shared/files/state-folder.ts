import { randomBytes } from 'node:crypto';
import { chmod, mkdir, unlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { DomainError, messageOf } from '../domain/domain-error.js';

/**
 * Makes a process's state folder, readable by its owner only, and proves by writing that it can be used.
 * Rejects with `unavailable` and what to do when it cannot.
 */
export async function prepareStateFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await chmod(folder, 0o700);
    const probe = path.join(folder, `.write-probe-${randomBytes(4).toString('hex')}`);
    await writeFile(probe, '');
    await unlink(probe);
  } catch (error) {
    throw new DomainError(
      'unavailable',
      `the state folder ${folder} cannot be written (${messageOf(error)}): ` +
        'make it writable for this user, or set state.dir to another folder',
      { cause: error },
    );
  }
}
