import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { stringify } from 'yaml';
import {
  createCertificateAuthority,
  issueClientCertificate,
  issueServerCertificate,
} from '../pki/certificates.js';
import type { StateLayout } from './state-layout.js';

/** Who speaks to our API server, and as what. */
const IDENTITIES = [
  { name: 'admin', groups: ['system:masters'] },
  { name: 'scheduler', groups: ['system:masters'] },
  { name: 'kubelet', groups: ['system:masters'] },
  { name: 'manager', groups: ['podium:read-only'] },
] as const;

const LOOPBACK = { dnsNames: ['localhost'], ipAddresses: ['127.0.0.1', '::1'] };

/** Files that the API server and the kubelets are started with. */
export interface ClusterCredentials {
  readonly authorityFile: string;
  readonly serverCertificate: CertificateFiles;
  readonly kubeletCertificate: CertificateFiles;
  readonly kubeletClientCertificate: CertificateFiles;
  readonly tokenFile: string;
}

export interface CertificateFiles {
  readonly certificateFile: string;
  readonly keyFile: string;
}

/**
 * Makes a certificate authority, certificates and random tokens for one run, and a kubeconfig for each identity.
 * Everything is readable by this user only and goes with the state folder.
 */
export async function makeCredentials(layout: StateLayout, apiOrigin: string): Promise<ClusterCredentials> {
  const authority = await createCertificateAuthority('podium local cluster');
  const write = async (file: string, text: string): Promise<string> => {
    const target = layout.kubernetes(file);
    await writeFile(target, text, { mode: 0o600 });
    return target;
  };
  const files = async (
    name: string,
    { certificate, privateKey }: { certificate: string; privateKey: string },
  ): Promise<CertificateFiles> => ({
    certificateFile: await write(`${name}.crt`, certificate),
    keyFile: await write(`${name}.key`, privateKey),
  });
  const authorityFile = await write('ca.crt', authority.certificate);
  const tokens = IDENTITIES.map((identity) => ({
    ...identity,
    token: randomBytes(32).toString('base64url'),
  }));
  for (const { name, token } of tokens) {
    const file = name === 'admin' ? layout.adminKubeconfig : layout.kubeconfigOf(name);
    await writeFile(file, kubeconfig(apiOrigin, authority.certificate, name, token), { mode: 0o600 });
  }
  const rows = tokens.map(({ name, groups, token }) => `${token},${name},${name},"${groups.join(',')}"\n`);
  return {
    authorityFile,
    serverCertificate: await files(
      'apiserver',
      await issueServerCertificate(authority, { commonName: 'kube-apiserver', ...LOOPBACK }),
    ),
    kubeletCertificate: await files(
      'kubelet',
      await issueServerCertificate(authority, { commonName: 'kubelet', ...LOOPBACK }),
    ),
    kubeletClientCertificate: await files(
      'apiserver-kubelet-client',
      await issueClientCertificate(authority, {
        commonName: 'kube-apiserver-kubelet-client',
        organizations: ['system:masters'],
      }),
    ),
    tokenFile: await write('tokens.csv', rows.join('')),
  };
}

function kubeconfig(server: string, authority: string, user: string, token: string): string {
  return stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [
      {
        name: 'podium-local',
        cluster: { server, 'certificate-authority-data': Buffer.from(authority).toString('base64') },
      },
    ],
    users: [{ name: user, user: { token } }],
    contexts: [{ name: 'podium-local', context: { cluster: 'podium-local', user } }],
    'current-context': 'podium-local',
  });
}
