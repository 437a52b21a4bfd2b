// Compiles every TypeScript source to dist/, or to the folder named, one file each, beside its source map. Tests
// are left out.
import { existsSync } from 'node:fs';
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { transformFile } from '@swc/core';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const out = path.resolve(process.argv[2] ?? path.join(root, 'dist'));
const folders = ['cli', 'config', 'decisionmaker', 'localcluster', 'manager', 'shared', 'tools'];

async function* sources(folder) {
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const file = path.join(folder, entry.name);
    if (entry.isDirectory()) yield* sources(file);
    else if (entry.name.endsWith('.ts') && !entry.name.endsWith('.test.ts')) yield file;
  }
}

async function compile(file) {
  const target = path.join(out, path.relative(root, file)).replace(/\.ts$/, '.js');
  const { code, map } = await transformFile(file, {
    sourceFileName: path.relative(path.dirname(target), file),
  });
  const name = path.basename(target);
  await mkdir(path.dirname(target), { recursive: true });
  await writeFile(`${target}.map`, map ?? '');
  await writeFile(target, `${code}\n//# sourceMappingURL=${name}.map\n`, {
    mode: code.startsWith('#!') ? 0o755 : 0o644,
  });
}

await rm(out, { recursive: true, force: true });
const work = [];
for (const folder of folders) {
  if (!existsSync(path.join(root, folder))) continue;
  for await (const file of sources(path.join(root, folder))) work.push(compile(file));
}
await Promise.all(work);
