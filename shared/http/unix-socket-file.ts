import { chmod, lstat, mkdtemp, rename, rm, stat, unlink } from 'node:fs/promises';
import { connect } from 'node:net';
import path from 'node:path';
import { DomainError, messageOf } from '../domain/domain-error.js';
import { errnoOf } from '../files/read-if-present.js';

/** Longest path that the kernel takes for a socket, without the final zero (unix(7)). */
const MAX_PATH_BYTES = 107;
const SOCKET_MODE = 0o660;
const PROBE_TIMEOUT_MS = 1_000;

/** A socket's file while a server listens on it. */
export interface UnixSocketFile {
  /** Removes the file, unless another program has put its own in its place. */
  remove(): Promise<void>;
}

/**
 * Lets a server listen at a path with mode 0660. The socket is bound in a folder that only this user may enter, gets
 * its mode there and is then moved to its place in one step: nobody sees it with other rights, and what a dead
 * program left behind is replaced without a moment in which there is none. Its group is the folder's where that has the
 * setgid bit. Rejects with `unavailable` and what to do when the folder is missing, another program listens there, or
 * what is there is no socket.
 *
 * @param setting What people set the path by, for messages.
 * @param listen Makes the server listen at the path it is given.
 */
export async function listenAtUnixSocket(
  file: string,
  setting: string,
  listen: (path: string) => Promise<void>,
): Promise<UnixSocketFile> {
  const refuse = (reason: string, cause?: unknown) =>
    new DomainError('unavailable', `${setting}: cannot listen on the Unix socket ${file}: ${reason}`, {
      cause,
    });
  if (!path.isAbsolute(file)) throw refuse('its path must begin with /');
  await checkFolder(path.dirname(file), refuse);
  await checkPlace(file, refuse);
  const folder = await mkdtemp(path.join(path.dirname(file), '.p')).catch((error: unknown) => {
    throw refuse(`its folder cannot be written (${errnoOf(error)}): make it writable for this user`, error);
  });
  try {
    const bound = path.join(folder, 's');
    const longest = Math.max(Buffer.byteLength(file), Buffer.byteLength(bound));
    if (longest > MAX_PATH_BYTES) {
      throw refuse(`its folder’s path is ${longest - MAX_PATH_BYTES} bytes too long for a socket`);
    }
    await listen(bound);
    await chmod(bound, SOCKET_MODE);
    const { dev, ino } = await lstat(bound);
    await rename(bound, file);
    return { remove: () => removeOwn(file, dev, ino) };
  } catch (error) {
    throw error instanceof DomainError ? error : refuse(messageOf(error), error);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

type Refuse = (reason: string, cause?: unknown) => DomainError;

async function checkFolder(folder: string, refuse: Refuse): Promise<void> {
  const found = await stat(folder).catch((error: unknown) => {
    if (errnoOf(error) !== 'ENOENT') throw refuse(messageOf(error), error);
    throw refuse(`there is no folder ${folder}: make it, for the users who may call`, error);
  });
  if (!found.isDirectory()) throw refuse(`${folder} is no folder`);
}

async function checkPlace(file: string, refuse: Refuse): Promise<void> {
  const found = await lstat(file).catch((error: unknown) => {
    if (errnoOf(error) === 'ENOENT') return undefined;
    throw refuse(messageOf(error), error);
  });
  if (found === undefined) return;
  if (!found.isSocket())
    throw refuse('something that is no socket is there: move it away, or choose another path');
  const errno = await errnoOfConnecting(file);
  if (errno === undefined || errno === 'EAGAIN' || errno === 'ETIMEDOUT') {
    throw refuse('another program listens there: end it, or choose another path');
  }
  if (errno !== 'ECONNREFUSED' && errno !== 'ENOENT') {
    throw refuse(`whether another program listens there cannot be told (${errno})`);
  }
}

/** Why nobody answers at a socket; undefined when somebody does. */
function errnoOfConnecting(file: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = connect(file);
    const end = (errno: string | undefined) => {
      socket.destroy();
      resolve(errno);
    };
    socket.setTimeout(PROBE_TIMEOUT_MS, () => end('ETIMEDOUT'));
    socket.once('connect', () => end(undefined));
    socket.once('error', (error) => end(errnoOf(error) ?? error.message));
  });
}

async function removeOwn(file: string, dev: number, ino: number): Promise<void> {
  const found = await lstat(file).catch(() => undefined);
  if (found?.dev === dev && found.ino === ino) await unlink(file).catch(() => {});
}
