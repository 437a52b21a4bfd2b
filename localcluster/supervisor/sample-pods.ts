/** Workloads to try strategies on: names that a regex can tell apart, and next to no CPU. */
export const SAMPLE_NAMESPACE = 'shop';

interface SamplePod {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly command: readonly string[];
}

const web = ['/bin/sh', '-c', 'sleep 100000 & sleep 100000 & wait'];

export const SAMPLE_PODS: readonly SamplePod[] = [
  { name: 'web-1', labels: { app: 'web', tier: 'front' }, command: web },
  { name: 'web-2', labels: { app: 'web', tier: 'front' }, command: web },
  { name: 'web-3', labels: { app: 'web', tier: 'front' }, command: web },
  { name: 'database', labels: { app: 'database', tier: 'back' }, command: ['tail', '-f', '/dev/null'] },
  {
    name: 'batch',
    labels: { app: 'batch', tier: 'back' },
    command: ['/bin/sh', '-c', 'while :; do sleep 1; done'],
  },
];

export function samplePodObject({ name, labels, command }: SamplePod): object {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: SAMPLE_NAMESPACE, labels },
    spec: {
      terminationGracePeriodSeconds: 1,
      containers: [{ name: 'main', image: 'local/processes-of-this-machine', command }],
    },
  };
}
