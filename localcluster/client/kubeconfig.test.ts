import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readKubeconfig } from './kubeconfig.js';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'podium-test-'));
});
afterEach(() => rm(folder, { recursive: true }));

async function kubeconfig(cluster: string, user: string): Promise<string> {
  const file = path.join(folder, 'kubeconfig');
  const text = `
apiVersion: v1
kind: Config
current-context: here
contexts:
- {name: there, context: {cluster: nowhere, user: nobody}}
- {name: here, context: {cluster: c, user: u}}
clusters:
- name: c
  cluster: {${cluster}}
users:
- name: u
  user: {${user}}
`;
  await writeFile(file, text);
  return file;
}

const base64 = (text: string) => Buffer.from(text).toString('base64');

describe('readKubeconfig', () => {
  it('reads the current context, data before files', async () => {
    const file = await kubeconfig(
      `server: "https://127.0.0.1:6443/", certificate-authority-data: ${base64('CA')}, certificate-authority: none.pem`,
      'token: secret',
    );

    expect(await readKubeconfig(file)).toEqual({
      server: 'https://127.0.0.1:6443',
      certificateAuthority: 'CA',
      insecureSkipTlsVerify: false,
      token: 'secret',
    });
  });

  it('finds named files beside the kubeconfig', async () => {
    await writeFile(path.join(folder, 'client.crt'), 'CERT');
    await writeFile(path.join(folder, 'client.key'), 'KEY');
    const file = await kubeconfig(
      'server: "https://api.example:6443", tls-server-name: kubernetes, insecure-skip-tls-verify: true',
      'client-certificate: client.crt, client-key: client.key, tokenFile: token',
    );

    expect(await readKubeconfig(file)).toEqual({
      server: 'https://api.example:6443',
      tlsServerName: 'kubernetes',
      insecureSkipTlsVerify: true,
      clientCertificate: 'CERT',
      clientKey: 'KEY',
      tokenFile: path.join(folder, 'token'),
    });
  });

  it.each([
    ['server: "127.0.0.1:6443"', '', 'server must be an http or https URL, found "127.0.0.1:6443"'],
    ['', '', 'server is missing'],
    [
      'server: "http://x", certificate-authority: none.pem',
      '',
      'certificate-authority cannot be read: ENOENT',
    ],
    ['server: "http://x"', 'exec: {command: aws}', 'exec is not offered here'],
    [
      'server: "http://x"',
      `client-key-data: ${base64('K')}`,
      'client-certificate and client-key go together',
    ],
    ['server: "http://x"', 'token: 7', 'token must be a text'],
  ])('says what is wrong with cluster {%s} and user {%s}', async (cluster, user, reason) => {
    const file = await kubeconfig(cluster, user);

    await expect(readKubeconfig(file)).rejects.toMatchObject({
      code: 'invalid',
      message: expect.stringContaining(`${file} cannot be used: ${reason}`),
    });
  });

  it('says when a name leads nowhere, or the file is none', async () => {
    const file = await kubeconfig('server: "http://x"', '');
    const broken = path.join(folder, 'broken');
    await writeFile(broken, 'current-context: x\ncontexts: []\n');
    const noObject = path.join(folder, 'list');
    await writeFile(noObject, '- 1\n');

    await expect(readKubeconfig(`${file}.none`)).rejects.toThrow('cannot be read: ENOENT');
    await expect(readKubeconfig(broken)).rejects.toThrow('contexts has no usable entry named "x"');
    await expect(readKubeconfig(noObject)).rejects.toThrow('must be a YAML object');
  });
});
