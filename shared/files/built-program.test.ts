import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { builtProgram } from './built-program.js';
import { packageRoot } from './package-root.js';

const folder = path.join(packageRoot(), '.podium', `built-program-${process.pid}`);
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('builtProgram', () => {
  it('is the one of the build that the caller is in', () => {
    mkdirSync(path.join(folder, 'some'), { recursive: true });
    writeFileSync(path.join(folder, 'some/program.js'), '');
    const caller = pathToFileURL(path.join(folder, 'chunks/caller.js')).href;

    expect(builtProgram('some/program', caller)).toBe(path.join(folder, 'some/program.js'));
  });

  it('is the one in dist for a caller among the sources', () => {
    expect(builtProgram('some/program', import.meta.url)).toBe(
      path.join(packageRoot(), 'dist/some/program.js'),
    );
  });
});
