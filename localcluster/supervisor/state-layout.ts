import path from 'node:path';

/** Where everything of one local cluster stands, below its state folder. */
export class StateLayout {
  readonly folder: string;

  constructor(folder: string) {
    this.folder = folder;
  }

  get adminKubeconfig(): string {
    return path.join(this.folder, 'kubeconfig');
  }

  get kubernetesFolder(): string {
    return path.join(this.folder, 'kubernetes');
  }

  kubeconfigOf(program: string): string {
    return path.join(this.kubernetesFolder, `${program}.kubeconfig`);
  }

  /** What the API server keeps, so that a restart of it loses nothing. */
  get objects(): string {
    return path.join(this.kubernetesFolder, 'objects.jsonl');
  }

  get tokens(): string {
    return path.join(this.kubernetesFolder, 'tokens.csv');
  }

  get manager(): string {
    return path.join(this.folder, 'manager');
  }

  get adminPassword(): string {
    return path.join(this.folder, 'admin-password');
  }

  kubelet(nodeName: string): string {
    return path.join(this.folder, 'nodes', nodeName, 'kubelet');
  }

  agent(nodeName: string): string {
    return path.join(this.folder, 'nodes', nodeName, 'decisionmaker');
  }

  log(program: string): string {
    return path.join(this.folder, 'logs', `${program}.log`);
  }

  /** Every folder that must be there before anything starts. */
  folders(nodeNames: readonly string[]): string[] {
    return [
      this.kubernetesFolder,
      path.join(this.folder, 'logs'),
      this.manager,
      ...nodeNames.flatMap((nodeName) => [this.kubelet(nodeName), this.agent(nodeName)]),
    ];
  }
}
