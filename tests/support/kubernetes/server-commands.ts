import path from 'node:path';
import type { ServerCredentials } from './server-credentials.js';
import type { ServerCommand } from './server-process.js';

export interface EtcdPorts {
  readonly client: number;
  readonly peer: number;
}

/** etcd with its data in the folder, on loopback. Nothing has to outlast a power cut, so nothing is synced. */
export function etcdCommand(binary: string, folder: string, ports: EtcdPorts): ServerCommand {
  const client = `http://127.0.0.1:${ports.client}`;
  const peer = `http://127.0.0.1:${ports.peer}`;
  return {
    binary,
    folder,
    args: [
      `--data-dir=${path.join(folder, 'etcd')}`,
      `--listen-client-urls=${client}`,
      `--advertise-client-urls=${client}`,
      `--listen-peer-urls=${peer}`,
      `--initial-advertise-peer-urls=${peer}`,
      `--initial-cluster=default=${peer}`,
      '--unsafe-no-fsync',
    ],
  };
}

export interface ApiServerSettings {
  readonly binary: string;
  /** The serving certificate comes to `certs/apiserver.crt` in it. */
  readonly folder: string;
  readonly port: number;
  readonly etcdPort: number;
  readonly credentials: ServerCredentials;
  /** Authority of the client certificates that are accepted. */
  readonly clientCaFile: string | undefined;
  /** What the server shows to kubelets. */
  readonly kubeletClientCertificate: { readonly certFile: string; readonly keyFile: string } | undefined;
}

/**
 * kube-apiserver on loopback, with RBAC and with what keeps kubelets to their own nodes. Its admission does not ask
 * pods for a service account, because no controller is there to make one and no kubelet to mount its token.
 */
export function apiServerCommand(settings: ApiServerSettings): ServerCommand {
  const { folder, credentials, clientCaFile, kubeletClientCertificate: kubelet } = settings;
  return {
    binary: settings.binary,
    folder,
    args: [
      `--etcd-servers=http://127.0.0.1:${settings.etcdPort}`,
      `--secure-port=${settings.port}`,
      '--bind-address=127.0.0.1',
      '--advertise-address=127.0.0.1',
      `--cert-dir=${path.join(folder, 'certs')}`,
      '--service-account-issuer=https://kubernetes.default.svc',
      `--service-account-key-file=${credentials.serviceAccountPublicKeyFile}`,
      `--service-account-signing-key-file=${credentials.serviceAccountKeyFile}`,
      '--service-cluster-ip-range=10.96.0.0/16',
      '--authorization-mode=Node,RBAC',
      '--enable-admission-plugins=NodeRestriction',
      `--token-auth-file=${credentials.tokenFile}`,
      '--disable-admission-plugins=ServiceAccount',
      '--allow-privileged=true',
      '--kubelet-preferred-address-types=InternalIP',
      ...(clientCaFile === undefined ? [] : [`--client-ca-file=${clientCaFile}`]),
      ...(kubelet === undefined
        ? []
        : [`--kubelet-client-certificate=${kubelet.certFile}`, `--kubelet-client-key=${kubelet.keyFile}`]),
    ],
  };
}
