import type { Kubectl } from './kubectl-process.js';

/** One kubectl command of the scenario. */
export interface Step {
  /** Unique; accepted differences refer to it. */
  readonly title: string;
  readonly args: readonly string[];
  /** `KUBELET_PORT` in it is replaced by that of the pretended kubelet. */
  readonly stdin?: string;
  /** The minor version of kubectl that has the command or flag. */
  readonly fromMinor?: number;
  /** Steps to run while this one goes on; it is stopped afterwards. */
  readonly during?: readonly Step[];
  /** Lines of output to wait for before those steps, and after them. */
  readonly expectLinesBefore?: number;
  readonly expectLinesAfter?: number;
}

const NAMESPACE = 'scenario';
const SECOND_NAMESPACE = 'scenario-two';
const NODE = 'scenario-node';

function kubectl(title: string, args: string, options: Partial<Step> = {}): Step {
  return { title, args: words(args), ...options };
}

/** The same in the scenario's namespace. */
function inNamespace(title: string, args: string, options: Partial<Step> = {}): Step {
  return { title, args: ['-n', NAMESPACE, ...words(args)], ...options };
}

/** Splits at blanks that stand in no single quotes. */
function words(text: string): readonly string[] {
  return (text.match(/(?:[^\s']+|'[^']*')+/g) ?? []).map((word) => word.replaceAll("'", ''));
}

const NODE_MANIFEST = JSON.stringify({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name: NODE, labels: { 'kubernetes.io/hostname': NODE, 'node-role.kubernetes.io/worker': '' } },
  status: {
    capacity: { cpu: '4', memory: '8Gi', pods: '110' },
    conditions: [
      {
        type: 'Ready',
        status: 'True',
        reason: 'KubeletReady',
        message: 'kubelet is posting ready status',
        lastHeartbeatTime: '2026-01-01T00:00:00Z',
        lastTransitionTime: '2026-01-01T00:00:00Z',
      },
    ],
    addresses: [{ type: 'InternalIP', address: '127.0.0.1' }],
    daemonEndpoints: { kubeletEndpoint: { Port: 1 } },
    nodeInfo: {
      machineID: 'm',
      systemUUID: 's',
      bootID: 'b',
      kernelVersion: '6.1.0',
      osImage: 'Linux',
      containerRuntimeVersion: 'podium://1.0.0',
      kubeletVersion: 'v1.34.4',
      kubeProxyVersion: '',
      operatingSystem: 'linux',
      architecture: 'amd64',
    },
  },
}).replace('"Port":1', '"Port":KUBELET_PORT');

const WEB = `
apiVersion: v1
kind: Pod
metadata:
  name: web
  labels: {app: nginx, tier: front}
spec:
  containers:
  - name: main
    image: nginx:1.25
    command: [sleep, "1000"]
    env: [{name: MODE, value: fast}, {name: EMPTY, value: ""}]
    ports: [{containerPort: 80, name: http}]
    resources: {requests: {cpu: 0.1, memory: 1024Mi}, limits: {memory: 2Gi}}
    volumeMounts: [{name: scratch, mountPath: /scratch}]
  volumes: [{name: scratch, emptyDir: {}}]
`;

const TWO_CONTAINERS = `
apiVersion: v1
kind: Pod
metadata: {name: pair, labels: {app: pair}}
spec:
  restartPolicy: Never
  initContainers: [{name: prepare, image: "busybox:1"}]
  containers:
  - {name: main, image: "busybox:1", command: [sleep, "1000"]}
  - {name: waiting, image: busybox}
`;

function podStatus(name: string, status: object): string {
  const container = { name: 'main', image: 'x' };
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: NAMESPACE, labels: { app: 'nginx', tier: 'front' } },
    spec: { containers: [container] },
    status,
  });
}

const RUNNING = {
  phase: 'Running',
  podIP: '10.0.0.7',
  hostIP: '127.0.0.1',
  startTime: '2026-01-01T00:00:00Z',
  conditions: [
    { type: 'Ready', status: 'True', lastTransitionTime: '2026-01-01T00:00:05Z' },
    { type: 'PodScheduled', status: 'True', lastTransitionTime: '2026-01-01T00:00:00Z' },
  ],
  containerStatuses: [
    {
      name: 'main',
      ready: true,
      started: true,
      restartCount: 2,
      image: 'nginx:1.25',
      imageID: 'sha256:1',
      containerID: 'podium://1',
      state: { running: { startedAt: '2026-01-01T00:00:05Z' } },
      lastState: {
        terminated: {
          exitCode: 1,
          reason: 'Error',
          startedAt: '2026-01-01T00:00:01Z',
          finishedAt: '2026-01-01T00:00:04Z',
        },
      },
    },
  ],
};

const CRASHING = {
  ...RUNNING,
  conditions: [{ type: 'Ready', status: 'False', reason: 'ContainersNotReady' }],
  containerStatuses: [
    {
      ...RUNNING.containerStatuses[0],
      ready: false,
      started: false,
      restartCount: 5,
      state: { waiting: { reason: 'CrashLoopBackOff', message: 'back-off 40s restarting failed container' } },
    },
  ],
};

const SUCCEEDED = {
  phase: 'Succeeded',
  podIP: '10.0.0.7',
  containerStatuses: [
    {
      name: 'main',
      ready: false,
      restartCount: 0,
      image: 'nginx:1.25',
      imageID: '',
      state: {
        terminated: {
          exitCode: 0,
          reason: 'Completed',
          startedAt: '2026-01-01T00:00:01Z',
          finishedAt: '2026-01-01T00:00:04Z',
        },
      },
    },
  ],
};

const EVENT = JSON.stringify({
  apiVersion: 'v1',
  kind: 'Event',
  metadata: { name: 'web.1', namespace: NAMESPACE },
  involvedObject: { kind: 'Pod', namespace: NAMESPACE, name: 'web', fieldPath: 'spec.containers{main}' },
  reason: 'Started',
  message: 'Started container main',
  type: 'Normal',
  count: 3,
  source: { component: 'kubelet', host: NODE },
  firstTimestamp: '2026-01-01T00:00:00Z',
  lastTimestamp: '2026-01-01T00:10:00Z',
});

const POD_PATH = `/api/v1/namespaces/${NAMESPACE}/pods/web`;

function binding(pod: string): string {
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Binding',
    metadata: { name: pod, namespace: NAMESPACE },
    target: { apiVersion: 'v1', kind: 'Node', name: NODE },
  });
}

const NAMESPACES: readonly Step[] = [
  kubectl('create namespace', `create namespace ${NAMESPACE}`),
  kubectl('create namespace again', `create namespace ${NAMESPACE}`),
  kubectl('create namespace with a bad name', 'create namespace Bad_Name'),
  kubectl('get namespace', `get namespace ${NAMESPACE}`),
  kubectl('get namespace as yaml', `get namespace ${NAMESPACE} -o yaml`),
  kubectl('describe namespace', `describe namespace ${NAMESPACE}`),
  kubectl('delete a protected namespace', 'delete namespace kube-system'),
  kubectl('run in an unknown namespace', '-n nowhere run x --image=busybox'),
  kubectl('get pods of an unknown namespace', '-n nowhere get pods'),
];

const NODES: readonly Step[] = [
  kubectl('create node', 'create -f -', { stdin: NODE_MANIFEST }),
  kubectl('get node', `get node ${NODE}`),
  kubectl('get node wide', `get node ${NODE} -o wide`),
  kubectl('describe node', `describe node ${NODE}`),
  kubectl('cordon', `cordon ${NODE}`),
  kubectl('get cordoned node', `get node ${NODE}`),
  kubectl('select unschedulable nodes', 'get nodes --field-selector spec.unschedulable=true -o name'),
  kubectl('uncordon', `uncordon ${NODE}`),
  kubectl('taint', `taint node ${NODE} special=yes:NoSchedule`),
  kubectl('taint again', `taint node ${NODE} special=yes:NoSchedule`),
  kubectl('untaint', `taint node ${NODE} special-`),
  kubectl('taint with a bad effect', `taint node ${NODE} special=yes:Sometimes`),
  kubectl('label node', `label node ${NODE} zone=a`),
];

const CREATING: readonly Step[] = [
  inNamespace('get no pods', 'get pods'),
  inNamespace('create pod', 'create -f -', { stdin: WEB }),
  inNamespace('create pod again', 'create -f -', { stdin: WEB }),
  inNamespace('get pods', 'get pods'),
  inNamespace('get pod as yaml', 'get pod web -o yaml'),
  inNamespace('get pod as json', 'get pod web -o json'),
  inNamespace('get pod by path', `get pod web -o 'jsonpath={.spec.containers[0].resources.requests.memory}'`),
  inNamespace('get pod with own columns', `get pods -o 'custom-columns=N:.metadata.name,Q:.status.qosClass'`),
  inNamespace('describe pending pod', 'describe pod web'),
  inNamespace('apply over a created pod', 'apply -f -', { stdin: WEB }),
  inNamespace('apply unchanged', 'apply -f -', { stdin: WEB }),
  inNamespace('apply a new image', 'apply -f -', { stdin: WEB.replace('nginx:1.25', 'nginx:1.26') }),
  inNamespace('apply changed labels', 'apply -f -', {
    stdin: WEB.replace('nginx:1.25', 'nginx:1.26').replace('tier: front', 'level: top'),
  }),
  inNamespace('apply a forbidden change', 'apply -f -', { stdin: WEB.replace('"1000"', '"2000"') }),
  inNamespace('apply an unknown field over a pod', 'apply -f -', {
    stdin: WEB.replace('command:', 'comand:'),
  }),
  inNamespace(
    'get applied labels',
    `get pod web -o 'jsonpath={.metadata.labels}{.spec.containers[0].image}'`,
  ),
  inNamespace('apply the first manifest again', 'apply -f -', { stdin: WEB }),
  inNamespace('diff', 'diff -f -', { stdin: WEB.replace('nginx:1.25', 'nginx:1.27') }),
  inNamespace('diff of nothing', 'diff -f -', { stdin: WEB }),
  inNamespace('run', 'run one --image=busybox --labels=app=one -- sleep 100'),
  inNamespace('run again', 'run one --image=busybox'),
  inNamespace('run dry on the client', 'run two --image=busybox --dry-run=client -o yaml'),
  inNamespace('run dry on the server', 'run two --image=busybox --dry-run=server -o yaml'),
  inNamespace('create dry on the server', 'create -f - --dry-run=server', {
    stdin: TWO_CONTAINERS,
  }),
  inNamespace('apply dry on the server', 'apply -f - --dry-run=server', {
    stdin: WEB.replace('tier: front', 'tier: back'),
  }),
  inNamespace('apply new pod', 'apply -f -', { stdin: TWO_CONTAINERS }),
  inNamespace('create by generated name', 'create -f - -o jsonpath={.metadata.generateName}', {
    stdin: WEB.replace('name: web', 'generateName: gen-').replace('app: nginx', 'app: generated'),
  }),
];

const BAD_MANIFESTS: readonly Step[] = [
  inNamespace('unknown field', 'create -f -', {
    stdin: WEB.replace('name: web', 'name: bad').replace('command:', 'comand:'),
  }),
  inNamespace('unknown field without validation', 'create -f - --validate=false --dry-run=server', {
    stdin: WEB.replace('name: web', 'name: bad').replace('command:', 'comand:'),
  }),
  inNamespace('missing required field', 'create -f -', {
    stdin: 'apiVersion: v1\nkind: Pod\nmetadata: {name: bad}\nspec: {restartPolicy: Never}\n',
  }),
  inNamespace('wrong type', 'create --validate=false -f -', {
    stdin: 'apiVersion: v1\nkind: Pod\nmetadata: {name: bad}\nspec: {containers: none}\n',
  }),
  inNamespace('invalid values', 'create --validate=false -f -', {
    stdin:
      'apiVersion: v1\nkind: Pod\nmetadata: {name: Bad_Name}\nspec:\n  restartPolicy: Sometimes\n' +
      '  containers: [{name: a}, {name: a, image: b, imagePullPolicy: Maybe}]\n',
  }),
  inNamespace('requests above limits', 'create -f -', {
    stdin: WEB.replace('name: web', 'name: bad').replace('2Gi', '1Mi'),
  }),
  inNamespace('unknown kind', 'create -f -', {
    stdin: 'apiVersion: v1\nkind: Widget\nmetadata: {name: w}\n',
  }),
  inNamespace('no manifest at all', 'create -f -', { stdin: '' }),
  inNamespace('unknown resource', 'get widgets'),
  inNamespace('unknown pod', 'get pod nope'),
  inNamespace('unknown pod, ignored', 'get pod nope --ignore-not-found'),
  inNamespace('stale version', 'replace -f -', {
    stdin: WEB.replace('name: web', 'name: web\n  resourceVersion: "1"'),
  }),
  inNamespace('bad label key', `label pod web 'bad key=x'`),
  inNamespace('bad label value', `label pod web 'key=bad value'`),
  inNamespace('bad label selector', `get pods -l 'app in ('`),
  inNamespace('unknown field selector', 'get pods --field-selector spec.nonsense=x'),
];

const LISTING: readonly Step[] = [
  inNamespace('sort by name', 'get pods --sort-by=.metadata.name -l app!=generated'),
  inNamespace('select by label', 'get pods -l app=nginx'),
  inNamespace('select by set', `get pods -l 'app in (nginx,one),tier notin (back)' -o name`),
  inNamespace('select by absence', `get pods -l '!tier,app!=generated' -o name`),
  inNamespace('select nothing', 'get pods -l app=none'),
  inNamespace('select by field', 'get pods --field-selector metadata.name=web -o name'),
  inNamespace(
    'select by phase',
    'get pods --field-selector status.phase=Pending,metadata.name!=web -l app=pair -o name',
  ),
  inNamespace('show labels', 'get pod web --show-labels'),
  inNamespace('label column', 'get pod web -L app,tier'),
  inNamespace('without headers', 'get pod web --no-headers'),
  kubectl('all namespaces', 'get pods -A --field-selector metadata.name=web'),
  inNamespace('several kinds', `get pod/web node/${NODE}`),
  inNamespace('list as names in pages', 'get pods --chunk-size=1 -l app!=generated -o name'),
];

const CHANGING: readonly Step[] = [
  inNamespace('label', 'label pod web color=blue'),
  inNamespace('label again', 'label pod web color=red'),
  inNamespace('label and overwrite', 'label pod web color=red --overwrite'),
  inNamespace('remove label', 'label pod web color-'),
  inNamespace('remove missing label', 'label pod web color-'),
  inNamespace('annotate', 'annotate pod web note=hello'),
  inNamespace('remove annotation', 'annotate pod web note-'),
  inNamespace('patch strategically', `patch pod web -p '{"metadata":{"labels":{"patched":"yes"}}}'`),
  inNamespace('patch by merging', `patch pod web --type=merge -p '{"metadata":{"labels":{"patched":null}}}'`),
  inNamespace(
    'patch by operations',
    `patch pod web --type=json -p '[{"op":"add","path":"/metadata/labels/op","value":"add"}]'`,
  ),
  inNamespace('patch nothing', `patch pod web -p '{"metadata":{"labels":{"op":"add"}}}'`),
  inNamespace('patch what is settled', `patch pod web -p '{"spec":{"restartPolicy":"Never"}}'`),
  inNamespace(
    'patch an image',
    `patch pod web -p '{"spec":{"containers":[{"name":"main","image":"nginx:1.28"}]}}'`,
  ),
  inNamespace('set an image', 'set image pod/web main=nginx:1.25'),
  inNamespace('replace', 'replace -f -', { stdin: WEB }),
  inNamespace('edit', 'edit pod web'),
  inNamespace('edited labels', 'get pod web -o jsonpath={.metadata.labels.app}'),
  inNamespace('label back', 'label pod web app=nginx --overwrite'),
];

const RUNNING_PODS: readonly Step[] = [
  inNamespace('logs before there is a node', 'logs web'),
  kubectl('bind', `create --raw ${POD_PATH}/binding -f -`, { stdin: binding('web') }),
  kubectl('bind again', `create --raw ${POD_PATH}/binding -f -`, { stdin: binding('web') }),
  kubectl('bind pair', `create --raw /api/v1/namespaces/${NAMESPACE}/pods/pair/binding -f -`, {
    stdin: binding('pair'),
  }),
  inNamespace('wait in vain', 'wait --for=condition=Ready pod/web --timeout=2s'),
  inNamespace('watch a pod', 'get pod web -w', {
    expectLinesBefore: 2,
    expectLinesAfter: 4,
    during: [
      kubectl('report running', `replace --raw ${POD_PATH}/status -f -`, {
        stdin: podStatus('web', RUNNING),
      }),
      inNamespace('label while watching', 'label pod web seen=yes'),
    ],
  }),
  inNamespace('wait for ready', 'wait --for=condition=Ready pod/web --timeout=5s'),
  inNamespace('wait by path', `wait --for=jsonpath={.status.phase}=Running pod/web --timeout=5s`, {
    fromMinor: 23,
  }),
  inNamespace('wait for an unknown pod', 'wait --for=condition=Ready pod/nope --timeout=2s'),
  inNamespace('running pod', 'get pod web -o wide'),
  inNamespace('describe running pod', 'describe pod web'),
  kubectl('record event', 'create -f -', { stdin: EVENT }),
  inNamespace('events', 'get events'),
  inNamespace('events wide', 'get events -o wide'),
  inNamespace('events of a pod', 'get events --field-selector involvedObject.name=web -o name'),
  inNamespace('logs', 'logs web'),
  inNamespace('last line of logs', 'logs web --tail=1'),
  inNamespace('recent logs', 'logs web --since=1h'),
  inNamespace('follow logs', 'logs -f web'),
  inNamespace('logs by label', 'logs -l app=nginx'),
  inNamespace('logs of one of several containers', 'logs pair -c main'),
  inNamespace('logs of a waiting container', 'logs pair -c waiting'),
  inNamespace('logs of an unknown container', 'logs web -c nope'),
  inNamespace('logs of an unknown pod', 'logs nope'),
  kubectl('pods of a node', `get pods -A --field-selector spec.nodeName=${NODE} -o name`),
  kubectl('describe node with pods', `describe node ${NODE}`),
  kubectl('report crashing', `replace --raw ${POD_PATH}/status -f -`, { stdin: podStatus('web', CRASHING) }),
  inNamespace('crashing pod', 'get pod web'),
  kubectl('report success', `replace --raw ${POD_PATH}/status -f -`, { stdin: podStatus('web', SUCCEEDED) }),
  inNamespace('completed pod', 'get pod web'),
  kubectl('report running again', `replace --raw ${POD_PATH}/status -f -`, {
    stdin: podStatus('web', RUNNING),
  }),
  inNamespace('exec', 'exec web -- ls'),
  inNamespace('usage', 'top pods'),
];

const DELETING: readonly Step[] = [
  inNamespace('delete dry on the server', 'delete pod web --dry-run=server'),
  inNamespace('delete gracefully', 'delete pod web --wait=false'),
  inNamespace('terminating pod', 'get pod web'),
  inNamespace(
    'terminating pod in particular',
    `get pod web -o 'jsonpath={.metadata.deletionGracePeriodSeconds}'`,
  ),
  inNamespace('wait for deletion in vain', 'wait --for=delete pod/web --timeout=2s'),
  inNamespace('watch a deletion', 'get pods -l app=nginx -w', {
    expectLinesBefore: 2,
    expectLinesAfter: 3,
    during: [inNamespace('delete at once', 'delete pod web --grace-period=0 --force')],
  }),
  inNamespace('deleted pod', 'get pod web'),
  inNamespace('delete a deleted pod', 'delete pod web'),
  inNamespace('delete a deleted pod, ignored', 'delete pod web --ignore-not-found'),
  inNamespace('wait for deletion of nothing', 'wait --for=delete pod/web --timeout=2s', { fromMinor: 23 }),
  inNamespace('delete an unscheduled pod', 'delete pod one'),
  kubectl('drain', `drain ${NODE} --force --grace-period=0`),
  kubectl('delete node', `delete node ${NODE}`),
  kubectl('delete node again', `delete node ${NODE}`),
  inNamespace('delete all pods', 'delete pods --all --now -o name'),
  kubectl('create second namespace', `create namespace ${SECOND_NAMESPACE}`),
  kubectl('delete second namespace', `delete namespace ${SECOND_NAMESPACE} --wait=false`),
];

const LEASES: readonly Step[] = [
  inNamespace('create lease', 'create -f -', {
    stdin: `apiVersion: coordination.k8s.io/v1\nkind: Lease\nmetadata: {name: lock}\nspec: {holderIdentity: me, leaseDurationSeconds: 15}\n`,
  }),
  inNamespace('get lease', 'get leases'),
  inNamespace('describe lease', 'describe lease lock'),
  inNamespace('delete lease', 'delete lease lock'),
];

const SERVER: readonly Step[] = [
  kubectl('health', 'get --raw /healthz'),
  kubectl('resources of a group', 'api-resources --api-group=coordination.k8s.io'),
  kubectl('path that is not there', 'get --raw /api/v1/nonsense'),
];

/** Everything, in the order in which it depends on each other. */
export const SCENARIO_STEPS: readonly Step[] = [
  ...SERVER,
  ...NAMESPACES,
  ...NODES,
  ...CREATING,
  ...BAD_MANIFESTS,
  ...LISTING,
  ...CHANGING,
  ...RUNNING_PODS,
  ...LEASES,
  ...DELETING,
];

/** Removes what the scenario makes, also after a run that ended half-way. */
export async function cleanUp(kubectl: Kubectl): Promise<void> {
  const force = ['--ignore-not-found', '--grace-period=0', '--force', '--wait=false'];
  await kubectl.run(['-n', NAMESPACE, 'delete', 'pods,events,leases', '--all', ...force]);
  await kubectl.run(['delete', 'node', NODE, '--ignore-not-found', '--wait=false']);
  for (const name of [NAMESPACE, SECOND_NAMESPACE]) {
    await kubectl.run(['delete', 'namespace', name, '--ignore-not-found', '--wait=false']);
    // A server without a namespace controller waits for somebody to say that the namespace is empty.
    const manifest = JSON.stringify({ apiVersion: 'v1', kind: 'Namespace', metadata: { name }, spec: {} });
    await kubectl.run(['replace', '--raw', `/api/v1/namespaces/${name}/finalize`, '-f', '-'], manifest);
  }
}
