import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const run = promisify(execFile);
const tools = fileURLToPath(new URL('.', import.meta.url));

/** What the scripts need besides the builder itself. */
const utilities = 'awk cat cut date dirname find flock id mkdir mv rm sed sha256sum sh sleep sort tail touch';

/** Stands for the real compiler, which the tests in project `kubernetes` use: it counts its builds. */
const goThatBuilds = `#!/bin/sh
[ "$1" = env ] && echo go1.99.0 && exit
for argument; do [ "\${previous-}" = -o ] && out=$argument; previous=$argument; done
echo build >>"$CALLS"
sleep 0.2
touch "\${out}kube-apiserver" "\${out}etcd" "\${out}kubectl"
`;

let scratch = '';
const inScratch = (name: string) => path.join(scratch, name);

beforeEach(async () => {
  scratch = await mkdtemp(path.join(tmpdir(), 'podium-tool-cache-'));
  await mkdir(inScratch('bin'));
  for (const utility of utilities.split(' ')) {
    const { stdout } = await run('sh', ['-c', `command -v ${utility}`]);
    await symlink(stdout.trim(), inScratch(`bin/${utility}`));
  }
});
afterEach(() => rm(scratch, { recursive: true, force: true }));

/** Runs a script where only the utilities and what a test adds are in PATH. */
async function script(name: string, options: { args?: readonly string[]; env?: NodeJS.ProcessEnv } = {}) {
  const env = {
    PATH: inScratch('bin'),
    PODIUM_CACHE_DIR: inScratch('cache'),
    CALLS: inScratch('calls'),
    ...options.env,
  };
  try {
    return { code: 0, ...(await run(path.join(tools, name), options.args ?? [], { env })) };
  } catch (error) {
    return error as { code: number; stdout: string; stderr: string };
  }
}

const addGo = (text: string) => writeFile(inScratch('bin/go'), text, { mode: 0o755 });
const cached = async () =>
  (await readdir(inScratch('cache'), { withFileTypes: true })).filter((e) => e.isDirectory());

describe.skipIf(process.platform !== 'linux')('build-kubernetes-servers.sh (on Linux)', () => {
  it('says in one line what is missing where there is no Go', async () => {
    const { code, stdout, stderr } = await script('build-kubernetes-servers.sh');

    expect(code).toBe(3);
    expect(stdout).toBe('');
    expect(stderr).toBe('building Kubernetes v1.34.4 needs Go 1.24.0 or newer: there is no go in PATH\n');
    expect(await cached()).toEqual([]);
  });

  it.each([
    ['answers with its version', 'echo go1.9.7', 'found go1.9.7'],
    ['refuses the module', 'echo "go.mod requires a newer go" >&2; exit 1', 'the go in PATH is older'],
  ])('says so when the Go is too old and %s', async (_how, answer, reason) => {
    await addGo(`#!/bin/sh\n${answer}\n`);

    const { code, stderr } = await script('build-kubernetes-servers.sh');

    expect(code).toBe(3);
    expect(stderr).toBe(`building Kubernetes v1.34.4 needs Go 1.24.0 or newer: ${reason}\n`);
  });

  it('builds once for runs that start together, and not again later', async () => {
    await addGo(goThatBuilds);

    const together = await Promise.all([
      script('build-kubernetes-servers.sh'),
      script('build-kubernetes-servers.sh'),
    ]);
    const later = await script('build-kubernetes-servers.sh');

    const folder = later.stdout.trimEnd();
    expect(together.map(({ stdout }) => stdout.trimEnd())).toEqual([folder, folder]);
    expect(await readdir(folder)).toEqual(['etcd', 'kube-apiserver', 'kubectl']);
    expect(await readFile(inScratch('calls'), 'utf8')).toBe('build\n');
    expect(later.stderr).toBe('');
    expect(together.map(({ stderr }) => stderr).join()).toMatch(
      /built kube-apiserver and kubectl v1\.34\.4 and etcd v3\.6\.4 from .* with go1\.99\.0 in \d+ s\n/,
    );
    expect((await cached()).map(({ name }) => name)).toEqual([path.basename(folder)]);
  });

  it('shows the end of the log of a build that fails, and keeps nothing of it', async () => {
    await addGo('#!/bin/sh\n[ "$1" = env ] && echo go1.99.0 && exit\necho "no space left" >&2; exit 1\n');

    const { code, stderr } = await script('build-kubernetes-servers.sh');

    expect(code).toBe(1);
    expect(stderr).toContain('no space left\ngo build failed after');
    expect(await cached()).toEqual([]);
  });

  it('builds nothing when the environment forbids it', async () => {
    await addGo(goThatBuilds);

    const { code, stderr } = await script('build-kubernetes-servers.sh', {
      env: { PODIUM_TEST_BUILD_SERVERS: '0' },
    });

    expect(code).toBe(3);
    expect(stderr).toBe(
      `kubernetes is not in ${inScratch('cache')}, and PODIUM_TEST_BUILD_SERVERS=0 forbids to get it\n`,
    );
  });
});

describe.skipIf(process.platform !== 'linux')('fetch-debian-tool.sh (on Linux)', () => {
  it('says in one line that there is no apt', async () => {
    const { code, stderr } = await script('fetch-debian-tool.sh', { args: ['etcd'] });

    expect(code).toBe(3);
    expect(stderr).toBe('etcd 3.4 comes from a Debian archive: there is no apt here\n');
  });

  it('says which release the archive has when that is another one', async () => {
    const bin = inScratch('bin');
    await writeFile(path.join(bin, 'apt-get'), '#!/bin/sh\n', { mode: 0o755 });
    await writeFile(path.join(bin, 'apt-cache'), '#!/bin/sh\necho Version: 3.5.16-4\n', { mode: 0o755 });

    const { code, stderr } = await script('fetch-debian-tool.sh', { args: ['etcd'] });

    expect(code).toBe(3);
    expect(stderr).toBe('the tests need etcd 3.4: package etcd-server of this system is 3.5.16-4\n');
  });

  it('knows no other tool', async () => {
    const { code, stderr } = await script('fetch-debian-tool.sh', { args: ['mongod'] });

    expect(code).toBe(2);
    expect(stderr).toMatch(/^usage: /);
  });
});
