import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { packageRoot } from '../../shared/files/package-root.js';

/** A small tree of its own under our import table: a rule that cannot fail is no rule. */
let tree = '';
beforeEach(async () => {
  tree = await mkdtemp(path.join(tmpdir(), 'podium-imports-'));
  for (const file of ['.dependency-cruiser.mjs', 'tsconfig.json', 'package.json']) {
    await cp(path.join(packageRoot(), file), path.join(tree, file));
  }
  await symlink(path.join(packageRoot(), 'node_modules'), path.join(tree, 'node_modules'));
});
afterEach(() => rm(tree, { recursive: true }));

async function violations(files: Readonly<Record<string, string>>): Promise<string> {
  for (const [file, text] of Object.entries(files)) {
    await mkdir(path.dirname(path.join(tree, file)), { recursive: true });
    await writeFile(path.join(tree, file), text);
  }
  const folders = [...new Set(Object.keys(files).map((file) => file.split('/')[0] ?? ''))];
  const binary = path.join(tree, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs');
  const args = [binary, '--config', '.dependency-cruiser.mjs', ...folders];
  try {
    return (await promisify(execFile)(process.execPath, args, { cwd: tree })).stdout;
  } catch (error) {
    return (error as { stdout: string }).stdout;
  }
}

const target = 'export const x = 1;\nexport interface X { readonly x: number }\n';

describe('the import table', () => {
  it('passes what it allows', async () => {
    const report = await violations({
      'shared/domain/x.ts': `import { createHash } from 'node:crypto';\nexport const h = createHash;\n${target}`,
      'manager/domain/y.ts': "import { x } from '../../shared/domain/x.js';\nexport const y = x;\n",
      'manager/features/a/a.ts': "import { y } from '../../domain/y.js';\nexport const a = y;\n",
    });

    expect(report).toContain('no dependency violations');
  });

  it.each<[string, Record<string, string>]>([
    [
      'a rule that reads a file',
      { 'manager/domain/y.ts': "import { readFile } from 'node:fs/promises';\nexport const y = readFile;\n" },
    ],
    [
      'a feature that imports another',
      {
        'manager/features/b/b.ts': target,
        'manager/features/a/a.ts': "import { x } from '../b/b.js';\nexport const a = x;\n",
      },
    ],
    [
      'a feature that imports an adapter',
      {
        'manager/adapters/embedded/e.ts': target,
        'manager/features/a/a.ts': "import { x } from '../../adapters/embedded/e.js';\nexport const a = x;\n",
      },
    ],
    [
      'shared code that knows the manager, be it only a type',
      {
        'manager/domain/y.ts': target,
        'shared/domain/x.ts': "import type { X } from '../../manager/domain/y.js';\nexport type Z = X;\n",
      },
    ],
    [
      'an agent that knows the manager',
      {
        'manager/domain/y.ts': target,
        'decisionmaker/domain/d.ts': "import { x } from '../../manager/domain/y.js';\nexport const d = x;\n",
      },
    ],
    [
      'an agent that watches Kubernetes',
      {
        'shared/kubernetes/k.ts': target,
        'decisionmaker/features/a/a.ts':
          "import { x } from '../../../shared/kubernetes/k.js';\nexport const a = x;\n",
      },
    ],
    [
      'an agent with a Kubernetes client',
      {
        'decisionmaker/adapters/procfs/p.ts':
          "import { KubeConfig } from '@kubernetes/client-node';\nexport const p = KubeConfig;\n",
      },
    ],
    [
      'an agent that starts a process',
      {
        'decisionmaker/adapters/procfs/p.ts':
          "import { spawn } from 'node:child_process';\nexport const p = spawn;\n",
      },
    ],
    [
      'a driver outside its adapter',
      {
        'manager/features/a/a.ts':
          "import { DatabaseSync } from '@photostructure/sqlite';\nexport const a = DatabaseSync;\n",
      },
    ],
    [
      'a cycle',
      {
        'shared/domain/x.ts': "import { y } from './y.js';\nexport const x = () => y;\n",
        'shared/domain/y.ts': "import { x } from './x.js';\nexport const y = () => x;\n",
      },
    ],
    [
      'a product that imports tests',
      { 'tests/t.ts': target, 'cli/c.ts': "import { x } from '../tests/t.js';\nexport const c = x;\n" },
    ],
    ['an import of nothing', { 'cli/c.ts': "import { x } from './nothing.js';\nexport const c = x;\n" }],
  ])('refuses %s', async (_title, files) => {
    expect(await violations(files)).toMatch(/error .+/);
  });
});
