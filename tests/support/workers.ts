import { systemProcesses } from './local-cluster.js';

let lastMarker = 0;

/** A pod whose worker processes `ps` can tell from everything else on this machine by their command line. */
export interface WorkerPod {
  readonly marker: string;
  readonly object: object;
  /** The workers' pids as the operating system shows them, ascending. */
  pids(): Promise<number[]>;
}

export interface WorkerPodOptions {
  readonly name: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly workers?: number;
  readonly nodeName?: string;
}

export function aWorkerPod({
  name,
  labels = { app: 'web' },
  workers = 2,
  nodeName,
}: WorkerPodOptions): WorkerPod {
  lastMarker++;
  const marker = `${process.pid}${String(lastMarker).padStart(4, '0')}`;
  const sleeps = Array.from({ length: workers }, () => `sleep ${marker} &`).join(' ');
  return {
    marker,
    object: {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name, labels },
      spec: {
        terminationGracePeriodSeconds: 1,
        ...(nodeName === undefined ? {} : { nodeName }),
        containers: [{ name: 'main', image: 'test/image', command: ['/bin/sh', '-c', `${sleeps} wait`] }],
      },
    },
    pids: async () => {
      const all = await systemProcesses();
      return all
        .filter(({ commandLine }) => commandLine === `sleep ${marker}`)
        .map(({ pid }) => pid)
        .sort((a, b) => a - b);
    },
  };
}
