import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { readIfPresent } from '../../shared/files/read-if-present.js';
import { describeKubernetes } from '../support/describe-kubernetes.js';
import { kubectlWith } from '../support/kubernetes/kubectl.js';
import { startRealKubernetes } from '../support/real-kubernetes.js';
import { findKubernetesTools } from '../support/tools.js';

const never = new AbortController().signal;

let scratch = '';
let folder = '';
beforeEach(async () => {
  scratch = await mkdtemp(path.join(tmpdir(), 'podium-kubernetes-'));
  folder = path.join(scratch, 'run');
});
afterEach(() => rm(scratch, { recursive: true, force: true }));

/** The processes that name a path in their command line. */
async function processesAbout(file: string): Promise<readonly string[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const commands = await Promise.all(
    pids.map((pid) => readIfPresent(`/proc/${pid}/cmdline`).catch(() => '')),
  );
  return commands
    .filter((command) => command?.includes(file))
    .map((command) => String(command).split('\0')[0]!);
}

describeKubernetes('startRealKubernetes', await findKubernetesTools(), (tools) => {
  it('gives a server of that release to the administrator and to service accounts', async () => {
    const kubernetes = await startRealKubernetes({ folder, apiServerBinary: tools.apiServer, signal: never });
    try {
      const kubectl = kubectlWith(tools.kubectl, kubernetes.adminKubeconfig);
      const { clientVersion, serverVersion } = JSON.parse(await kubectl('version', '--output=json'));
      await kubectl('create', 'serviceaccount', 'somebody');
      const token = await kubernetes.tokenFor('default/somebody');
      const somebody = kubectlWith(tools.kubectl, await kubernetes.kubeconfigFor('somebody', { token }));
      const whoami = await somebody('auth', 'whoami', '--output=jsonpath={.status.userInfo.username}');

      expect(serverVersion).toMatchObject({ gitVersion: 'v1.34.4', major: '1', minor: '34' });
      expect(clientVersion).toMatchObject({ gitVersion: 'v1.34.4', major: '1', minor: '34' });
      expect(whoami).toBe('system:serviceaccount:default:somebody');
      await expect(somebody('get', 'pods')).rejects.toThrow('is forbidden');
    } finally {
      await kubernetes.stop();
    }
  });

  it.skipIf(tools.debianKubectl === undefined)('can be used by a kubectl of 2020', async () => {
    const kubernetes = await startRealKubernetes({ folder, apiServerBinary: tools.apiServer, signal: never });
    try {
      const kubectl = kubectlWith(tools.debianKubectl!, kubernetes.adminKubeconfig);

      expect(await kubectl('get', 'namespace', 'default', '--output=name')).toBe('namespace/default\n');
    } finally {
      await kubernetes.stop();
    }
  });

  it('leaves no process and no file when it is stopped', async () => {
    const kubernetes = await startRealKubernetes({ folder, apiServerBinary: tools.apiServer, signal: never });
    const running = await processesAbout(folder);

    await kubernetes.stop();

    expect([...running].sort()).toEqual([tools.etcd, tools.apiServer].sort());
    expect(await processesAbout(folder)).toEqual([]);
    expect(await readdir(scratch)).toEqual([]);
  });

  it('shows the end of the log of a server that does not start, and leaves nothing of the others', async () => {
    const clientCaFile = path.join(scratch, 'no-authority.pem');
    await writeFile(clientCaFile, 'this is no certificate');

    const start = startRealKubernetes({
      folder,
      apiServerBinary: tools.apiServer,
      clientCaFile,
      signal: never,
    });

    await expect(start).rejects.toThrow(/kube-apiserver ended \(exit code 1\) before.*no-authority\.pem/s);
    expect(await processesAbout(folder)).toEqual([]);
    expect(await readdir(scratch)).toEqual(['no-authority.pem']);
  });

  it('says which program cannot be run', async () => {
    const start = startRealKubernetes({ folder, apiServerBinary: '/no/such/kube-apiserver', signal: never });

    await expect(start).rejects.toThrow('spawn /no/such/etcd ENOENT');
    expect(await readdir(scratch)).toEqual([]);
  });

  it('gives up and cleans up when the signal aborts', async () => {
    const enough = new AbortController();

    const start = startRealKubernetes({ folder, apiServerBinary: tools.apiServer, signal: enough.signal });
    enough.abort(new Error('enough'));

    await expect(start).rejects.toThrow('enough');
    expect(await processesAbout(folder)).toEqual([]);
    expect(await readdir(scratch)).toEqual([]);
  });

  it("does not touch a folder with somebody else's files", async () => {
    const file = path.join(scratch, 'file');
    await writeFile(file, 'precious');

    const start = startRealKubernetes({ folder: scratch, apiServerBinary: tools.apiServer, signal: never });

    await expect(start).rejects.toThrow('must be an empty folder');
    expect(await readFile(file, 'utf8')).toBe('precious');
  });
});
