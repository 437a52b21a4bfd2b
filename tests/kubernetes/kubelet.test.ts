import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { NodeRoots } from '../../localcluster/kubelet/cgroups/cgroup-backend.js';
import { TestAuthority } from '../support/certificates.js';
import { describeKubernetes } from '../support/describe-kubernetes.js';
import { eventually } from '../support/eventually.js';
import { type Kubectl, kubectlWith } from '../support/kubernetes/kubectl.js';
import { LocalProgram } from '../support/local-program.js';
import { isAlive, processesWith } from '../support/processes.js';
import { type RealKubernetes, startRealKubernetes } from '../support/real-kubernetes.js';
import { findKubernetesTools } from '../support/tools.js';

/** Stands in every command line of this run, so that its processes can be found. */
const MARK = `podium-mark-kubelet-${process.pid}`;
const PARENT = `podium-test-kubelet-${process.pid}`;
const NODES = {
  n1: ['--dialect', 'systemd'],
  n2: ['--dialect', 'kind', '--cgroups', 'simulated'],
  n3: ['--dialect', 'cgroupfs', '--exit-with-parent'],
} as const;
type NodeName = keyof typeof NODES;

describeKubernetes(
  'the scheduler and kubelets at a real API server',
  await findKubernetesTools(),
  (tools) => {
    let folder = '';
    let authority: TestAuthority;
    let kubernetes: RealKubernetes;
    let kubectl: Kubectl;
    let scheduler: LocalProgram;
    const kubelets = new Map<NodeName, LocalProgram>();

    beforeAll(async () => {
      folder = await mkdtemp(path.join(tmpdir(), 'podium-kubelet-'));
      authority = await TestAuthority.create(folder);
      kubernetes = await startRealKubernetes({
        folder: path.join(folder, 'run'),
        apiServerBinary: tools.apiServer,
        clientCaFile: authority.files.certFile,
        kubeletClientCertificate: await authority.client('api-server', 'kube-apiserver', ['system:masters']),
        signal: AbortSignal.timeout(300_000),
      });
      kubectl = kubectlWith(tools.kubectl, kubernetes.adminKubeconfig);
      const kubeconfig = await kubeconfigOf('scheduler', 'system:kube-scheduler');
      scheduler = LocalProgram.start(
        'scheduler',
        ['--kubeconfig', kubeconfig],
        path.join(folder, 'scheduler.log'),
      );
      for (const name of ['n1', 'n2'] as const) await startKubelet(name);
      await eventually(() => kubectl('wait', '--for=condition=Ready', 'node/n1', 'node/n2'));
    });
    afterAll(async () => {
      for (const program of [...kubelets.values(), scheduler]) await program?.stop();
      await kubernetes?.stop();
      await rm(folder, { recursive: true, force: true });
      expect(processesWith(MARK)).toEqual([]);
    });

    async function kubeconfigOf(name: string, user: string, groups: readonly string[] = []): Promise<string> {
      const { certFile: certificateFile, keyFile } = await authority.client(name, user, groups);
      return kubernetes.kubeconfigFor(name, { certificateFile, keyFile });
    }

    async function kubeletArgs(name: NodeName): Promise<string[]> {
      const serving = await authority.server(`${name}-serving`);
      const options = {
        kubeconfig: await kubeconfigOf(name, `system:node:${name}`, ['system:nodes']),
        'node-name': name,
        'state-dir': path.join(folder, name),
        'cgroup-parent': `${PARENT}/${name}`,
        'tls-cert-file': serving.certFile,
        'tls-private-key-file': serving.keyFile,
        'client-ca-file': authority.files.certFile,
      };
      return [
        ...Object.entries(options).flatMap(([option, value]) => [`--${option}`, value]),
        ...NODES[name],
      ];
    }

    async function startKubelet(name: NodeName): Promise<void> {
      const log = path.join(folder, `${name}.log`);
      kubelets.set(name, LocalProgram.start('kubelet', await kubeletArgs(name), log));
    }

    function rootsOf(name: NodeName): NodeRoots {
      return JSON.parse(readFileSync(path.join(folder, name, 'node-roots.json'), 'utf8'));
    }

    /** Creates a pod whose containers run shell scripts. */
    async function create(
      name: string,
      script: string,
      spec: object = {},
      container: object = {},
    ): Promise<void> {
      const body = {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name },
        spec: { containers: [{ ...shell(script), name: 'main', ...container }], ...spec },
      };
      await kubernetes.client.expect({ method: 'POST', path: '/api/v1/namespaces/default/pods', body });
    }

    function shell(script: string) {
      return { image: 'none', command: ['sh', '-c', `: ${MARK}; ${script}`] };
    }

    // biome-ignore lint/suspicious/noExplicitAny: the test reads what the server really keeps.
    async function pod(name: string): Promise<any> {
      return JSON.parse(await kubectl('get', 'pod', name, '--output=json'));
    }

    async function mainStatus(name: string) {
      return (await pod(name)).status.containerStatuses?.[0];
    }

    async function untilReady(name: string): Promise<void> {
      await kubectl('wait', '--for=condition=Ready', `pod/${name}`, '--timeout=30s');
    }

    /** The processes in a container's group, as the kernel or the simulation has them. */
    async function processesOf(name: string): Promise<number[]> {
      const { metadata, spec, status } = await pod(name);
      const id = status.containerStatuses[0].containerID.replace('podium://', '');
      const uid = metadata.uid.replaceAll('-', '_');
      const prefix = spec.nodeName === 'n1' ? ['kubepods'] : ['kubelet', 'kubepods'];
      const slices = [...prefix, 'besteffort', `pod${uid}`].map(
        (_, index, names) => `${names.slice(0, index + 1).join('-')}.slice`,
      );
      const group = path.join(...slices, `cri-containerd-${id}.scope`);
      const procs = path.join(rootsOf(spec.nodeName).cgroupRoot, group, 'cgroup.procs');
      return (await readFile(procs, 'utf8')).split('\n').filter(Boolean).map(Number);
    }

    async function reasonsOf(name: string): Promise<string[]> {
      const events = await kubectl(
        'get',
        'events',
        `--field-selector=involvedObject.name=${name}`,
        '--output=jsonpath={.items[*].reason}',
      );
      return events.split(' ');
    }

    it('register their nodes and keep their leases', async () => {
      const { items } = JSON.parse(await kubectl('get', 'nodes', '--output=json'));

      expect(items).toHaveLength(2);
      expect(items[0]).toMatchObject({
        metadata: { name: 'n1', labels: { 'kubernetes.io/hostname': 'n1', 'kubernetes.io/os': 'linux' } },
        status: {
          allocatable: { pods: '110' },
          nodeInfo: { kubeletVersion: 'v1.34.4-podium' },
          daemonEndpoints: { kubeletEndpoint: { Port: expect.any(Number) } },
        },
      });
      expect(await kubectl('get', 'lease', 'n1', 'n2', '--namespace=kube-node-lease', '--output=name')).toBe(
        'lease.coordination.k8s.io/n1\nlease.coordination.k8s.io/n2\n',
      );
      expect(rootsOf('n2')).toMatchObject({ backend: 'simulated' });
      console.log(`n1 uses ${rootsOf('n1').backend} groups: ${rootsOf('n1').reason}`);
    });

    it('run pods as real processes in the groups of their nodes, spread over them', async () => {
      for (const name of ['web-1', 'web-2']) await create(name, 'sleep 1000 & sleep 1000');
      await kubectl('wait', '--for=condition=Ready', 'pod/web-1', 'pod/web-2', '--timeout=30s');

      const nodes = [await pod('web-1'), await pod('web-2')].map(({ spec }) => spec.nodeName);
      expect(nodes.sort()).toEqual(['n1', 'n2']);
      for (const name of ['web-1', 'web-2']) {
        await eventually(async () => expect(await processesOf(name)).toHaveLength(3));
        expect((await processesOf(name)).every(isAlive)).toBe(true);
        await eventually(async () =>
          expect(await reasonsOf(name)).toEqual(expect.arrayContaining(['Scheduled', 'Started'])),
        );
      }
      expect(await kubectl('get', 'pods', '--no-headers', 'web-1')).toMatch(/^web-1\s+1\/1\s+Running\s+0/);
      expect(await kubectl('describe', 'pod', 'web-1')).toContain('Started container main');
    });

    it('start a pod that kubectl run makes', async () => {
      await kubectl('run', 'by-hand', '--image=none', '--command', '--', 'sh', '-c', `: ${MARK}; sleep 1000`);

      await untilReady('by-hand');
      expect(await processesOf('by-hand')).toHaveLength(2);
      await kubectl('delete', 'pod', 'by-hand');
    });

    it.each(['n1', 'n2'] as const)('serve logs from %s to kubectl', async (nodeName) => {
      const name = `log-${nodeName}`;
      const lines = 'for i in 1 2 3; do echo line $i; done; echo problem >&2; sleep 1; echo last';
      await create(name, lines, { nodeName, restartPolicy: 'Never' });
      await untilReady(name);

      const followed = await kubectl('logs', name, '--follow');

      expect(followed.split('\n').sort()).toEqual(['', 'last', 'line 1', 'line 2', 'line 3', 'problem']);
      expect(await kubectl('logs', name, '--tail=1', '--timestamps')).toMatch(/^\d{4}-.*Z last\n$/);
      expect(await kubectl('logs', name, '--limit-bytes=4')).toBe(followed.slice(0, 4));
      await expect(kubectl('logs', name, '--previous')).rejects.toThrow(
        'previous terminated container "main"',
      );
      await expect(kubectl('logs', name, '--container=none')).rejects.toThrow('none is not valid for pod');
    });

    it.each(['n1', 'n2'] as const)('start a container of %s anew that was killed', async (nodeName) => {
      const name = `killed-${nodeName}`;
      await create(name, 'echo started; sleep 1000', { nodeName });
      await untilReady(name);
      const before = await mainStatus(name);
      const old = await processesOf(name);

      process.kill(Math.min(...old), 'SIGKILL');

      await eventually(async () =>
        expect(await mainStatus(name)).toMatchObject({ restartCount: 1, ready: true }),
      );
      const after = await mainStatus(name);
      expect(after.lastState.terminated).toMatchObject({ exitCode: 137, reason: 'Error' });
      expect(after.containerID).not.toBe(before.containerID);
      expect(old.filter(isAlive)).toEqual([]);
      expect(await kubectl('logs', name, '--previous')).toBe('started\n');
      await kubectl('delete', 'pod', name, '--grace-period=1');
    });

    it('back off from a container that keeps failing', async () => {
      await create('crash', 'echo no; exit 3');

      await eventually(async () => expect((await mainStatus('crash')).restartCount).toBe(2));
      expect(await mainStatus('crash')).toMatchObject({
        state: { waiting: { reason: 'CrashLoopBackOff' } },
        lastState: { terminated: { exitCode: 3, reason: 'Error' } },
      });
      expect(await kubectl('get', 'pod', 'crash', '--no-headers')).toContain('CrashLoopBackOff');
      await eventually(async () => expect(await reasonsOf('crash')).toContain('BackOff'));
      await kubectl('delete', 'pod', 'crash');
    });

    it('say why a container cannot be started', async () => {
      await create('no-command', '', {}, { command: [] });
      await create('no-program', '', {}, { command: ['/no/such/program'] });

      await eventually(async () => {
        expect((await mainStatus('no-command')).state.waiting).toMatchObject({
          reason: 'CreateContainerError',
        });
        expect((await mainStatus('no-program')).lastState.terminated).toMatchObject({
          exitCode: 128,
          reason: 'StartError',
          message: expect.stringContaining('/no/such/program'),
        });
      });
      await expect(kubectl('logs', 'no-command')).rejects.toThrow('is waiting to start');
      await kubectl('delete', 'pod', 'no-command', 'no-program');
    });

    it('run a job-like pod once: init containers in order, a sidecar beside, then the end', async () => {
      const order = path.join(folder, 'order');
      const step = (name: string) => ({ ...shell(`echo ${name} >> ${order}; sleep 0.2`), name });
      const sidecar = { ...shell('sleep 1000'), name: 'side', restartPolicy: 'Always' };
      const initContainers = [step('one'), sidecar, step('two')];
      await create('job', `echo main >> ${order}; echo done`, { restartPolicy: 'Never', initContainers });

      await kubectl('wait', '--for=jsonpath={.status.phase}=Succeeded', 'pod/job', '--timeout=30s');

      expect(await readFile(order, 'utf8')).toBe('one\ntwo\nmain\n');
      const { status } = await pod('job');
      expect(status.containerStatuses[0]).toMatchObject({
        restartCount: 0,
        state: { terminated: { exitCode: 0, reason: 'Completed' } },
      });
      expect(status.initContainerStatuses[1].state.terminated).toMatchObject({ exitCode: 143 });
      expect(await kubectl('logs', 'job')).toBe('done\n');
      expect(await kubectl('get', 'pod', 'job', '--no-headers')).toMatch(/Completed/);
    });

    it('report a job-like pod that fails', async () => {
      await create('failed', 'exit 7', { restartPolicy: 'Never' });

      await kubectl('wait', '--for=jsonpath={.status.phase}=Failed', 'pod/failed', '--timeout=30s');
      expect((await mainStatus('failed')).state.terminated).toMatchObject({ exitCode: 7, reason: 'Error' });
    });

    it.each(['n1', 'n2'] as const)(
      'end a deleted pod of %s gracefully, and what will not end',
      async (nodeName) => {
        const farewell = path.join(folder, `farewell-${nodeName}`);
        const polite = `trap "echo bye > ${farewell}; exit 0" TERM; while :; do sleep 0.05; done`;
        await create(`polite-${nodeName}`, polite, { nodeName });
        const stubborn = "trap '' TERM; (while :; do sleep 0.05; done) & while :; do sleep 0.05; done";
        await create(`stubborn-${nodeName}`, stubborn, { nodeName, terminationGracePeriodSeconds: 1 });
        for (const name of [`polite-${nodeName}`, `stubborn-${nodeName}`]) await untilReady(name);
        const pids = [
          ...(await processesOf(`polite-${nodeName}`)),
          ...(await processesOf(`stubborn-${nodeName}`)),
        ];

        await kubectl('delete', 'pod', `polite-${nodeName}`, `stubborn-${nodeName}`, '--timeout=20s');

        expect(await readFile(farewell, 'utf8')).toBe('bye\n');
        expect(pids.filter(isAlive)).toEqual([]);
        await eventually(async () => expect(await reasonsOf(`polite-${nodeName}`)).toContain('Killing'));
      },
    );

    it('leave a pod waiting that fits nowhere, say why, and place it when a node fits', async () => {
      await create('picky', 'sleep 1000', { nodeSelector: { disk: 'ssd' } });
      const condition = '{.status.conditions[?(@.type=="PodScheduled")].message}';
      const message = () => kubectl('get', 'pod', 'picky', `--output=jsonpath=${condition}`);
      await eventually(async () =>
        expect(await message()).toBe(
          "0/2 nodes are available: 2 node(s) didn't match Pod's node affinity/selector.",
        ),
      );
      expect(await reasonsOf('picky')).toContain('FailedScheduling');

      await kubectl('label', 'node', 'n2', 'disk=ssd');

      await untilReady('picky');
      expect((await pod('picky')).spec.nodeName).toBe('n2');
      await kubectl('delete', 'pod', 'picky', '--grace-period=1');
    });

    it('put nothing on a cordoned node', async () => {
      await kubectl('cordon', 'n1');
      for (const name of ['cordon-1', 'cordon-2']) await create(name, 'sleep 1000');

      await kubectl('wait', '--for=condition=Ready', 'pod/cordon-1', 'pod/cordon-2', '--timeout=30s');

      for (const name of ['cordon-1', 'cordon-2']) expect((await pod(name)).spec.nodeName).toBe('n2');
      await kubectl('uncordon', 'n1');
      await kubectl('delete', 'pod', 'cordon-1', 'cordon-2', '--grace-period=1');
    });

    it('neither start nor change mirror pods', async () => {
      const annotations = { 'kubernetes.io/config.mirror': 'x' };
      const body = {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name: 'mirror', annotations },
        spec: { nodeName: 'n1', containers: [{ ...shell('sleep 1000'), name: 'main' }] },
      };
      await kubernetes.client.expect({ method: 'POST', path: '/api/v1/namespaces/default/pods', body });
      await create('after-mirror', 'sleep 1000', { nodeName: 'n1' });
      await untilReady('after-mirror');

      expect((await pod('mirror')).status).toMatchObject({ phase: 'Pending' });
      expect((await pod('mirror')).status.containerStatuses).toBeUndefined();
      await kubectl('delete', 'pod', 'mirror', '--force', '--grace-period=0');
      await kubectl('delete', 'pod', 'after-mirror', '--grace-period=1');
    });

    it.each(['n1', 'n2'] as const)(
      'after the kubelet of %s was killed nothing runs twice',
      async (nodeName) => {
        const name = `survivor-${nodeName}`;
        await create(name, 'sleep 1000', { nodeName });
        await create(`once-${nodeName}`, 'sleep 1000', { nodeName, restartPolicy: 'Never' });
        for (const each of [name, `once-${nodeName}`]) await untilReady(each);
        const old = [...(await processesOf(name)), ...(await processesOf(`once-${nodeName}`))];

        await kubelets.get(nodeName)?.stop('SIGKILL');
        expect(old.filter(isAlive)).toEqual(old);
        await startKubelet(nodeName);

        await eventually(async () =>
          expect(await mainStatus(name)).toMatchObject({ restartCount: 1, ready: true }),
        );
        expect(old.filter(isAlive)).toEqual([]);
        expect((await processesOf(name)).every(isAlive)).toBe(true);
        await kubectl(
          'wait',
          '--for=jsonpath={.status.phase}=Failed',
          `pod/once-${nodeName}`,
          '--timeout=30s',
        );
        expect((await mainStatus(`once-${nodeName}`)).state.terminated).toMatchObject({
          exitCode: 137,
          reason: 'ContainerStatusUnknown',
        });
        expect(await kubectl('logs', name, '--previous')).toBe('');
      },
    );

    it('end with the process that has started them, however that ended', async () => {
      const log = path.join(folder, 'n3.log');
      const shell = LocalProgram.startBelowShell('kubelet', await kubeletArgs('n3'), log);
      await create('orphan', "trap '' TERM; while :; do sleep 0.05; done", { nodeName: 'n3' });
      await untilReady('orphan');
      const { cgroupRoot } = rootsOf('n3');
      const stateFolder = path.join(folder, 'n3');
      expect(processesWith(`--state-dir ${stateFolder}`)).toHaveLength(2);

      await shell.stop('SIGKILL');

      await eventually(() => expect(processesWith(`--state-dir ${stateFolder}`)).toEqual([]));
      expect(existsSync(cgroupRoot)).toBe(false);
      await kubectl('wait', '--for=condition=Ready=False', 'node/n3', '--timeout=10s');
      await kubectl('delete', 'pod', 'orphan', '--force', '--grace-period=0');
      await kubectl('delete', 'node', 'n3');
    });

    it('leave no process and no group when they are interrupted, even twice', async () => {
      const roots = { n1: rootsOf('n1'), n2: rootsOf('n2') };
      await create('last', "trap '' TERM; while :; do sleep 0.05; done");
      await untilReady('last');
      expect(processesWith(MARK).length).toBeGreaterThan(1);

      const codes = await Promise.all(
        [...kubelets.values()].map((kubelet) => {
          process.kill(kubelet.pid, 'SIGINT');
          return kubelet.stop('SIGINT');
        }),
      );

      expect(codes).toEqual([0, 0]);
      expect(processesWith(MARK)).toEqual([]);
      expect([roots.n1.cgroupRoot, roots.n2.cgroupRoot].filter(existsSync)).toEqual([]);
      expect(existsSync(path.dirname(roots.n1.cgroupRoot))).toBe(false);
      await kubectl('wait', '--for=condition=Ready=False', 'node', '--all', '--timeout=10s');
      expect(await scheduler.stop()).toBe(0);
    });
  },
);
