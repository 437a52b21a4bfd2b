import { closeSync, constants, openSync, readdirSync, rmdirSync, writeSync } from 'node:fs';
import { mkdir, readdir, readFile, rmdir } from 'node:fs/promises';
import path from 'node:path';
import { errnoOf } from '../../../shared/files/read-if-present.js';

// Folders of a real cgroup v2 tree (Linux, Documentation/admin-guide/cgroup-v2.rst).

/** Makes a group and those above it, also when a neighbour takes away an empty one above meanwhile. */
export async function makeGroup(folder: string): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await mkdir(folder, { recursive: true });
      return;
    } catch (error) {
      if (errnoOf(error) !== 'ENOENT' || attempt >= 10) throw error;
    }
  }
}

/** Removes a group with those below it, which must be empty of processes. EBUSY while one is still going away. */
export async function removeGroup(folder: string): Promise<void> {
  for (const below of await groupsIn(folder)) await removeGroup(below);
  await ignoringAbsence(() => rmdir(folder));
}

export function removeGroupNow(folder: string): void {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (entry.isDirectory()) removeGroupNow(path.join(folder, entry.name));
  }
  rmdirSync(folder);
}

/** Sends SIGKILL to all processes of a group and of those below it. */
export async function killGroup(folder: string): Promise<void> {
  try {
    killGroupNow(folder);
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT') throw error;
    // A kernel before 5.14, or the group has gone by now.
    await killOneByOne(folder);
  }
}

/** Throws ENOENT where the kernel has no cgroup.kill. That file can be written and nothing else. */
export function killGroupNow(folder: string): void {
  const file = openSync(path.join(folder, 'cgroup.kill'), constants.O_WRONLY);
  try {
    writeSync(file, '1');
  } finally {
    closeSync(file);
  }
}

/** Whether a process is in a group or below it. False when there is no such group. */
export async function isPopulated(folder: string): Promise<boolean> {
  const events = await ignoringAbsence(() => readFile(path.join(folder, 'cgroup.events'), 'utf8'));
  return events !== undefined && /^populated 1$/m.test(events);
}

/** What forks faster than this is met again the next time. */
async function killOneByOne(folder: string): Promise<void> {
  for (const below of await groupsIn(folder)) await killOneByOne(below);
  const text = await ignoringAbsence(() => readFile(path.join(folder, 'cgroup.procs'), 'utf8'));
  for (const pid of (text ?? '').split('\n').map(Number)) {
    if (pid > 0) killIfThere(pid);
  }
}

function killIfThere(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if (errnoOf(error) !== 'ESRCH') throw error;
  }
}

async function groupsIn(folder: string): Promise<string[]> {
  const entries = (await ignoringAbsence(() => readdir(folder, { withFileTypes: true }))) ?? [];
  return entries.filter((entry) => entry.isDirectory()).map((entry) => path.join(folder, entry.name));
}

async function ignoringAbsence<Result>(step: () => Promise<Result>): Promise<Result | undefined> {
  try {
    return await step();
  } catch (error) {
    // A group that is removed while its file is open answers ENODEV.
    if (errnoOf(error) === 'ENOENT' || errnoOf(error) === 'ENODEV') return undefined;
    throw error;
  }
}
