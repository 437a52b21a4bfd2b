import path from 'node:path';
import { inheritedEnvironment } from '../../config/environment.js';
import { packageRoot } from '../../shared/files/package-root.js';
import type { Dialect, LocalOptions } from '../options.js';
import type { ClusterCredentials } from './cluster-credentials.js';
import type { NodeRoots } from './node-roots.js';
import type { StateLayout } from './state-layout.js';
import { type ProgramSpec, SupervisedProgram } from './supervised-program.js';

/** Longer than a program itself waits for what it drains. */
const STOP_WITHIN_MS = 15_000;

/** A virtual node, and the ports of what runs for it. */
export interface VirtualNode {
  readonly name: string;
  readonly dialect: Dialect;
  readonly agentPort: number;
}

/** How each program of the cluster is started. Every one would start the same way by hand. */
export class Programs {
  readonly #layout: StateLayout;
  readonly #options: LocalOptions;
  readonly #onRestart: (name: string, exit: string, delayMs: number) => void;

  constructor(
    layout: StateLayout,
    options: LocalOptions,
    onRestart: (name: string, exit: string, delayMs: number) => void,
  ) {
    this.#layout = layout;
    this.#options = options;
    this.#onRestart = onRestart;
  }

  apiServer(port: number, credentials: ClusterCredentials): SupervisedProgram {
    return this.#program('apiserver', 'localcluster/apiserver/main.js', [
      '--bind-address=127.0.0.1',
      `--secure-port=${port}`,
      `--tls-cert-file=${credentials.serverCertificate.certificateFile}`,
      `--tls-private-key-file=${credentials.serverCertificate.privateKeyFile}`,
      `--client-ca-file=${credentials.authorityFile}`,
      `--token-auth-file=${credentials.tokenFile}`,
      `--data-file=${this.#layout.objects}`,
      `--kubelet-client-certificate=${credentials.kubeletClientCertificate.certificateFile}`,
      `--kubelet-client-key=${credentials.kubeletClientCertificate.privateKeyFile}`,
      `--kubelet-certificate-authority=${credentials.authorityFile}`,
      '--exit-with-parent',
    ]);
  }

  scheduler(kubeconfig: string): SupervisedProgram {
    return this.#program('scheduler', 'localcluster/scheduler/main.js', [
      `--kubeconfig=${kubeconfig}`,
      '--exit-with-parent',
    ]);
  }

  kubelet(
    node: VirtualNode,
    kubeconfig: string,
    credentials: Pick<ClusterCredentials, 'authorityFile' | 'kubeletCertificate'>,
  ): SupervisedProgram {
    return this.#program(`kubelet-${node.name}`, 'localcluster/kubelet/main.js', [
      `--kubeconfig=${kubeconfig}`,
      `--node-name=${node.name}`,
      `--state-dir=${this.#layout.kubelet(node.name)}`,
      `--dialect=${node.dialect}`,
      `--cgroups=${this.#options.cgroups}`,
      `--cgroup-parent=${path.basename(this.#layout.folder)}/${node.name}`,
      `--tls-cert-file=${credentials.kubeletCertificate.certificateFile}`,
      `--tls-private-key-file=${credentials.kubeletCertificate.privateKeyFile}`,
      `--client-ca-file=${credentials.authorityFile}`,
      '--exit-with-parent',
    ]);
  }

  manager(
    port: number,
    kubeconfig: string,
    account: { username: string; password: string },
  ): SupervisedProgram {
    return this.#program('manager', 'cli/main.js', ['manager', '--exit-with-parent'], {
      MANAGER_SERVER_HOST: `127.0.0.1:${port}`,
      MANAGER_STATE_DIR: this.#layout.manager,
      MANAGER_K8S_KUBE_CONFIG_PATH: kubeconfig,
      MANAGER_ACCOUNT_ADMIN_EMAIL: account.username,
      MANAGER_ACCOUNT_ADMIN_PASSWORD: account.password,
    });
  }

  decisionMaker(node: VirtualNode, roots: NodeRoots): SupervisedProgram {
    return this.#program(
      `decisionmaker-${node.name}`,
      'cli/main.js',
      ['decisionmaker', '--exit-with-parent'],
      {
        DM_SERVER_HOST: `127.0.0.1:${node.agentPort}`,
        DM_STATE_DIR: this.#layout.agent(node.name),
        DM_NODE_NAME: node.name,
        DM_PROC_ROOT: roots.procRoot,
        DM_CGROUP_ROOT: roots.cgroupRoot,
        DM_AUTH_MANAGER_JWKS_FILE: path.join(this.#layout.manager, 'jwks.json'),
      },
    );
  }

  #program(
    name: string,
    script: string,
    args: readonly string[],
    env: NodeJS.ProcessEnv = {},
  ): SupervisedProgram {
    const spec: ProgramSpec = {
      name,
      script: path.join(packageRoot(), 'dist', script),
      args,
      env: { ...inheritedEnvironment(), ...env },
      logFile: this.#layout.log(name),
      stopWithinMs: STOP_WITHIN_MS,
      onRestart: (exit, delayMs) => this.#onRestart(name, exit, delayMs),
    };
    return new SupervisedProgram(spec);
  }
}
