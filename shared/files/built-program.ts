import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { packageRoot } from './package-root.js';

/**
 * The file of a built program: beside the caller's own where that is built as well, else in dist/.
 *
 * @param program Such as `decisionmaker/app/engine-worker`, see tools/build.mjs.
 * @param callerUrl The caller's `import.meta.url`.
 */
export function builtProgram(program: string, callerUrl: string): string {
  const root = packageRoot();
  let folder = path.dirname(fileURLToPath(callerUrl));
  while (folder.startsWith(root) && folder !== root) {
    const candidate = path.join(folder, `${program}.js`);
    if (existsSync(candidate)) return candidate;
    folder = path.dirname(folder);
  }
  return path.join(root, 'dist', `${program}.js`);
}
