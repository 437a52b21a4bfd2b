import { mkdir, mkdtemp, readFile, rm, unlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { buildOnce } from '../support/build-once.js';

/** Stands for a real build: takes a while, says that it ran, fails when it is told to. */
const build = `
  import { appendFileSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
  rmSync('dist', { recursive: true, force: true });
  mkdirSync('dist');
  appendFileSync('builds', 'x');
  await new Promise((resolve) => setTimeout(resolve, 100));
  if (existsSync('broken')) process.exit(1);
  writeFileSync('dist/main.js', '');
`;

let root = '';
const source = () => path.join(root, 'shared', 'domain', 'rule.ts');
const builds = async () => (await readFile(path.join(root, 'builds'), 'utf8')).length;

beforeEach(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'podium-build-once-'));
  await mkdir(path.dirname(source()), { recursive: true });
  await mkdir(path.join(root, 'tools'));
  await writeFile(path.join(root, 'package.json'), '{}');
  await writeFile(path.join(root, '.swcrc'), '{}');
  await writeFile(source(), '');
  await writeFile(path.join(root, 'tools', 'build.mjs'), build);
});
afterEach(() => rm(root, { recursive: true, force: true }));

describe('buildOnce', () => {
  it('builds once for runs that start together, and not again while the sources stay', async () => {
    await Promise.all([buildOnce(root), buildOnce(root)]);
    await buildOnce(root);

    expect(await builds()).toBe(1);
  });

  it('builds again when a source has changed or is gone', async () => {
    await buildOnce(root);

    await utimes(source(), new Date(), new Date(1));
    await buildOnce(root);
    expect(await builds()).toBe(2);

    await unlink(source());
    await buildOnce(root);
    expect(await builds()).toBe(3);
  });

  it('does not take tests for sources', async () => {
    await buildOnce(root);

    await writeFile(source().replace('.ts', '.test.ts'), '');
    await buildOnce(root);

    expect(await builds()).toBe(1);
  });

  it('does not trust a build that failed', async () => {
    await writeFile(path.join(root, 'broken'), '');
    await expect(buildOnce(root)).rejects.toThrow('build.mjs');

    await unlink(path.join(root, 'broken'));
    await buildOnce(root);

    expect(await builds()).toBe(2);
  });
});
