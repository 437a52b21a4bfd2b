import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { kubeletOptions } from './kubelet-options.js';

const REQUIRED = ['--kubeconfig', 'k', '--node-name', 'n1', '--state-dir', 'state'];

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'podium-test-'));
});
afterEach(() => rm(folder, { recursive: true }));

describe('kubeletOptions', () => {
  it('fills in everything but what a node cannot do without', async () => {
    expect(await kubeletOptions(REQUIRED)).toEqual({
      kubeconfig: 'k',
      nodeName: 'n1',
      stateDir: path.resolve('state'),
      cgroups: 'auto',
      cgroupParent: 'podium/n1',
      dialect: 'systemd',
      port: 0,
      tls: undefined,
      exitWithParent: false,
      logLevel: 'info',
    });
  });

  it('reads the certificates, which come together or not at all', async () => {
    const [cert, key, ca] = ['cert', 'key', 'ca'].map((name) => path.join(folder, name)) as [
      string,
      string,
      string,
    ];
    for (const file of [cert, key, ca]) await writeFile(file, path.basename(file));
    const two = [...REQUIRED, '--tls-cert-file', cert, '--tls-private-key-file', key];

    expect((await kubeletOptions([...two, '--client-ca-file', ca])).tls).toEqual({
      certificate: 'cert',
      privateKey: 'key',
      clientCertificateAuthority: 'ca',
    });
    await expect(kubeletOptions(two)).rejects.toThrow('--client-ca-file is missing');
    await expect(kubeletOptions([...two, '--client-ca-file', `${ca}.none`])).rejects.toThrow(
      '--client-ca-file cannot be read: ENOENT',
    );
  });

  it.each([
    [['--node-name', 'N_1'], '--node-name must be lower-case letters'],
    [['--cgroup-parent', '/sys/fs/cgroup'], '--cgroup-parent must be a relative path of plain names'],
    [['--cgroup-parent', 'a/../b'], '--cgroup-parent must be a relative path of plain names'],
    [['--dialect', 'docker'], '--dialect must be one of systemd, cgroupfs, kind, crio'],
    [['--cgroups', 'v1'], '--cgroups must be one of auto, real, simulated'],
    [['--port', '70000'], '--port must be 0 to 65535'],
    [['--log-level', 'loud'], '--log-level must be one of'],
  ])('refuses %j', async (args, reason) => {
    await expect(kubeletOptions([...REQUIRED, ...args])).rejects.toThrow(reason);
  });

  it('says what is missing', async () => {
    await expect(kubeletOptions(['--node-name', 'n1'])).rejects.toThrow('--kubeconfig is missing');
  });
});
