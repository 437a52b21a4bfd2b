import { lstat, mkdir, unlink } from 'node:fs/promises';
import path from 'node:path';
import { DomainError } from '../../shared/domain/domain-error.js';
import { readIfPresent } from '../../shared/files/read-if-present.js';
import { writeFileDurably } from '../../shared/files/write-file-durably.js';

/** Where the cluster that this user started last can be found, in the user's state folder. */
export function connectionFile(userStateFolder: string): string {
  return path.join(userStateFolder, 'podium', 'local.json');
}

/** Leaves the facts of a running cluster for `podium demo`; they hold a password, so for this user only. */
export async function writeConnection(file: string, facts: object): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
  await writeFileDurably(file, `${JSON.stringify(facts)}\n`, 0o600);
}

/** Takes the facts away, unless they are of another cluster by now. */
export async function removeConnection(file: string, facts: { readonly managerUrl: string }): Promise<void> {
  const text = await readIfPresent(file);
  if (text === undefined || !text.includes(JSON.stringify(facts.managerUrl))) return;
  await unlink(file);
}

/** The facts of the running cluster. `not_found` when there is none, `invalid` when the file is not to be trusted. */
export async function readConnection<Facts>(file: string): Promise<Facts> {
  const text = await readIfPresent(file);
  if (text === undefined) {
    throw new DomainError(
      'not_found',
      `no local cluster is running (no ${file}): start one with \`make run\``,
    );
  }
  if ((await lstat(file)).uid !== process.getuid?.()) {
    throw new DomainError('invalid', `${file} belongs to another user and is not used`);
  }
  try {
    return JSON.parse(text) as Facts;
  } catch (error) {
    throw new DomainError('invalid', `${file} is not JSON: start the cluster again`, { cause: error });
  }
}
