import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { stringify } from 'yaml';
import { createCertificateAuthority } from '../pki/certificate-authority.js';
import { type CertificateFiles, writeCertificatePair } from '../pki/certificate-pair.js';
import { issueClientCertificate, issueServerCertificate } from '../pki/issue-certificate.js';
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

/**
 * Makes a certificate authority, certificates and random tokens for one run, and a kubeconfig for each identity.
 * Everything is readable by this user only and goes with the state folder.
 */
export async function makeCredentials(layout: StateLayout, apiOrigin: string): Promise<ClusterCredentials> {
  const folder = layout.kubernetesFolder;
  const authority = await createCertificateAuthority('podium local cluster');
  const { certificateFile: authorityFile } = await writeCertificatePair(folder, 'ca', authority);
  const server = await issueServerCertificate(authority, { commonName: 'kube-apiserver', ...LOOPBACK });
  const kubelet = await issueServerCertificate(authority, { commonName: 'kubelet', ...LOOPBACK });
  const kubeletClient = await issueClientCertificate(authority, {
    commonName: 'kube-apiserver-kubelet-client',
    organizations: ['system:masters'],
  });
  return {
    authorityFile,
    serverCertificate: await writeCertificatePair(folder, 'apiserver', server),
    kubeletCertificate: await writeCertificatePair(folder, 'kubelet', kubelet),
    kubeletClientCertificate: await writeCertificatePair(folder, 'apiserver-kubelet-client', kubeletClient),
    tokenFile: await writeTokens(layout, apiOrigin, authority.certificatePem),
  };
}

async function writeTokens(layout: StateLayout, apiOrigin: string, authorityPem: string): Promise<string> {
  const rows: string[] = [];
  for (const { name, groups } of IDENTITIES) {
    const token = randomBytes(32).toString('base64url');
    const file = name === 'admin' ? layout.adminKubeconfig : layout.kubeconfigOf(name);
    await writeFile(file, kubeconfig(apiOrigin, authorityPem, name, token), { mode: 0o600 });
    rows.push(`${token},${name},${name},"${groups.join(',')}"\n`);
  }
  await writeFile(layout.tokens, rows.join(''), { mode: 0o600 });
  return layout.tokens;
}

function kubeconfig(server: string, authorityPem: string, user: string, token: string): string {
  return stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [
      {
        name: 'podium-local',
        cluster: { server, 'certificate-authority-data': Buffer.from(authorityPem).toString('base64') },
      },
    ],
    users: [{ name: user, user: { token } }],
    contexts: [{ name: 'podium-local', context: { cluster: 'podium-local', user } }],
    'current-context': 'podium-local',
  });
}
