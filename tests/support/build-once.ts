import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import type { Dirent } from 'node:fs';
import { readdir, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { readIfPresent } from '../../shared/files/read-if-present.js';
import { withProcessLock } from './process-lock.js';

const BUILD_LIMIT_MS = 120_000;

/** Files of the checkout's top that the build reads. */
const rootSources = ['package.json', '.swcrc'];

/** Folders that hold no source of dist/, at any depth. */
const notSources = new Set(['node_modules', 'dist', 'docs', 'tests', 'coverage']);

/** Vitest's global set-up of the projects that run the built programs. */
export async function setup(): Promise<void> {
  await buildOnce(fileURLToPath(new URL('../..', import.meta.url)));
}

/**
 * Brings `dist/` of a checkout up to date by the checkout's tools/build.mjs, unless the sources are those of the
 * last build that came to its end. Runs that start together build once and the others wait for it.
 */
export async function buildOnce(root: string): Promise<void> {
  const lockFile = path.join(root, 'node_modules', '.cache', 'podium-build.lock');
  await withProcessLock(lockFile, BUILD_LIMIT_MS, async () => {
    const stamp = path.join(root, 'dist', '.sources');
    // Taken before the build, so that what is edited during it is built the next time.
    const sources = await fingerprint(root);
    if ((await readIfPresent(stamp)) === sources) return;
    const build = path.join(root, 'tools', 'build.mjs');
    await promisify(execFile)(process.execPath, [build], { cwd: root, timeout: BUILD_LIMIT_MS });
    await writeFile(stamp, sources);
  });
}

/** Changes when a file that dist/ is made from comes, goes or changes. */
async function fingerprint(root: string): Promise<string> {
  const files = rootSources.map((name) => path.join(root, name));
  for (const entry of await readdir(root, { withFileTypes: true })) {
    if (isSourceFolder(entry)) files.push(...(await sourcesBelow(path.join(root, entry.name))));
  }
  const hash = createHash('sha256');
  for (const file of files.sort()) {
    const { size, mtimeMs } = await stat(file);
    hash.update(`${path.relative(root, file)}\0${size}\0${mtimeMs}\n`);
  }
  return hash.digest('hex');
}

async function sourcesBelow(folder: string): Promise<readonly string[]> {
  const files: string[] = [];
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const file = path.join(folder, entry.name);
    if (isSourceFolder(entry)) files.push(...(await sourcesBelow(file)));
    else if (entry.isFile() && !entry.name.endsWith('.test.ts')) files.push(file);
  }
  return files;
}

function isSourceFolder(entry: Dirent): boolean {
  return entry.isDirectory() && !notSources.has(entry.name) && !entry.name.startsWith('.');
}
