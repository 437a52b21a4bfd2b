import {
  chmodSync,
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { listenAtUnixSocket } from './unix-socket-file.js';

let folder: string;
const servers: Server[] = [];
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'podium-socket-'));
});
afterEach(async () => {
  for (const server of servers.splice(0)) await new Promise((resolve) => server.close(resolve));
  rmSync(folder, { recursive: true });
});

/** A server that listens where it is told; `seen` is called when it does. */
function listenFor(seen: (path: string) => void = () => {}) {
  const server = createServer((socket) => socket.on('error', () => {}).end('hello'));
  servers.push(server);
  return (at: string) =>
    new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(at, () => {
        seen(at);
        resolve();
      });
    });
}

function modeOf(file: string): number {
  return lstatSync(file).mode & 0o777;
}

/** Leaves a socket that nobody listens on, as a program does that is killed. */
async function leaveDeadSocket(file: string): Promise<void> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(`${file}.alive`, resolve));
  // Closing unlinks the path that was bound, so the socket gets another name first.
  renameSync(`${file}.alive`, file);
  await new Promise((resolve) => server.close(resolve));
}

describe('listenAtUnixSocket', () => {
  it('gives the socket mode 0660 before anybody can see it, whatever the umask', async () => {
    const file = path.join(folder, 'agent.sock');
    const umask = process.umask(0);
    try {
      await listenAtUnixSocket(
        file,
        'setting',
        listenFor((bound) => {
          expect(existsSync(file)).toBe(false);
          expect(modeOf(path.dirname(bound))).toBe(0o700);
        }),
      );
    } finally {
      process.umask(umask);
    }

    expect(modeOf(file)).toBe(0o660);
    expect(lstatSync(file).isSocket()).toBe(true);
    expect(readdirSync(folder)).toEqual(['agent.sock']);
  });

  it.skipIf(process.getuid?.() !== 0)(
    'gives it the group of a folder with the setgid bit (skipped for who may not give files away)',
    async () => {
      chownSync(folder, 0, 4_242);
      chmodSync(folder, 0o2770);
      const file = path.join(folder, 'agent.sock');

      await listenAtUnixSocket(file, 'setting', listenFor());

      expect([lstatSync(file).gid, modeOf(file)]).toEqual([4_242, 0o660]);
    },
  );

  it('takes the place of a socket that a dead program left', async () => {
    const file = path.join(folder, 'agent.sock');
    await leaveDeadSocket(file);
    expect(lstatSync(file).isSocket()).toBe(true);

    await listenAtUnixSocket(file, 'setting', listenFor());

    expect(modeOf(file)).toBe(0o660);
  });

  it('leaves the socket of a living program alone', async () => {
    const file = path.join(folder, 'agent.sock');
    await listenAtUnixSocket(file, 'setting', listenFor());
    const { ino } = lstatSync(file);

    await expect(listenAtUnixSocket(file, 'server.unix_socket', listenFor())).rejects.toMatchObject({
      code: 'unavailable',
      message: `server.unix_socket: cannot listen on the Unix socket ${file}: another program listens there: end it, or choose another path`,
    });
    expect(lstatSync(file).ino).toBe(ino);
  });

  it.each([
    ['a file', (file: string) => writeFileSync(file, 'precious')],
    ['a folder', (file: string) => mkdirSync(file)],
    ['a link', (file: string) => symlinkSync('/nowhere', file)],
  ])('leaves %s alone', async (_title, make) => {
    const file = path.join(folder, 'agent.sock');
    make(file);
    const { ino } = lstatSync(file);

    await expect(listenAtUnixSocket(file, 'setting', listenFor())).rejects.toThrow(/no socket is there/);

    expect(lstatSync(file).ino).toBe(ino);
    expect(readdirSync(folder)).toEqual(['agent.sock']);
  });

  it.each([
    ['a folder that is missing', '/nowhere/agent.sock', /there is no folder \/nowhere: make it/],
    ['a path that is relative', 'agent.sock', /must begin with \//],
    ['a folder that is none', '/etc/hostname/agent.sock', /ENOTDIR|is no folder/],
  ])('says what to do about %s', async (_title, file, message) => {
    await expect(listenAtUnixSocket(file, 'setting', listenFor())).rejects.toThrow(message);
  });

  it('says so when the path is too long for a socket, and leaves nothing behind', async () => {
    const deep = path.join(folder, 'd'.repeat(90));
    mkdirSync(deep);

    await expect(listenAtUnixSocket(path.join(deep, 's'), 'setting', listenFor())).rejects.toThrow(
      /too long for a socket/,
    );
    expect(readdirSync(deep)).toEqual([]);
  });

  it('removes its own socket and no other that has taken its place', async () => {
    const file = path.join(folder, 'agent.sock');
    const own = await listenAtUnixSocket(file, 'setting', listenFor());
    await own.remove();
    expect(existsSync(file)).toBe(false);

    const before = await listenAtUnixSocket(file, 'setting', listenFor());
    rmSync(file);
    await listenAtUnixSocket(file, 'setting', listenFor());
    await before.remove();
    expect(lstatSync(file).isSocket()).toBe(true);
  });
});
