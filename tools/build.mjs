// Compiles the TypeScript sources with swc and bundles them, with the packages they use, into one file for each
// program and the parts they share, in dist/ or the folder named. Why: docs/adr/0011-bundled-programs.md.
import { existsSync } from 'node:fs';
import { chmod, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { transform } from '@swc/core';
import { rolldown } from 'rolldown';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const out = path.resolve(process.argv[2] ?? path.join(root, 'dist'));

/** What is started as a process or a thread of its own. */
const programs = [
  'cli/main',
  'decisionmaker/app/engine-worker',
  'localcluster/apiserver/main',
  'localcluster/kubelet/main',
  'localcluster/scheduler/main',
  'manager/adapters/embedded/database-worker',
  'tools/bench/agent/main',
  'tools/bench/agent/soak',
  'tools/bench/agent/storm',
  'tools/bench/login/main',
  'tools/bench/store/main',
  'tools/bench/store/writer',
  'tools/write-swagger',
];

/** Native code, and files that are served as they are, stay in node_modules. */
const external = [/^@node-rs\//, /^@photostructure\//, /^swagger-ui-dist/];

const swc = {
  name: 'swc',
  transform: {
    filter: { id: /\.ts$/ },
    async handler(code, id) {
      const compiled = await transform(code, { filename: id });
      return { code: compiled.code, map: compiled.map, moduleType: 'js' };
    },
  },
};

/** zod brings its messages in fifty languages, a third of what an agent would load; ours are its English ones. */
const englishOnly = {
  name: 'english only',
  load: {
    filter: { id: /\/zod\/v4\/locales\/index\.js$/ },
    handler: () => "export { default as en } from './en.js';",
  },
};

const entries = programs.filter((program) => existsSync(path.join(root, `${program}.ts`)));
function inPlainAscii(code) {
  const escaped = (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
  return code.replaceAll(/[^\0-\x7f]/g, escaped);
}

const bundle = await rolldown({
  cwd: root,
  input: Object.fromEntries(entries.map((program) => [program, `./${program}.ts`])),
  platform: 'node',
  external,
  plugins: [swc, englishOnly],
  resolve: { extensionAlias: { '.js': ['.ts', '.js'] } },
  onLog: (level, log, report) => {
    // Packages' own cycles and evals are not ours to mend; what cannot be found is.
    if (level === 'warn' && log.code === 'UNRESOLVED_IMPORT') throw new Error(log.message);
    if (level === 'warn' && log.id?.includes('node_modules')) return;
    if (level === 'warn' && ['CIRCULAR_DEPENDENCY', 'EVAL'].includes(log.code)) return;
    report(level, log);
  },
});
await rm(out, { recursive: true, force: true });
const { output } = await bundle.write({
  dir: out,
  format: 'esm',
  sourcemap: true,
  comments: false,
  entryFileNames: '[name].js',
  chunkFileNames: 'chunks/[name]-[hash].js',
});
await bundle.close();
// One character outside Latin-1 makes V8 keep a whole file's text at twice its size, as long as the program runs.
for (const { type, fileName, code } of output) {
  if (type === 'chunk') await writeFile(path.join(out, fileName), inPlainAscii(code));
}
await chmod(path.join(out, 'cli/main.js'), 0o755);
