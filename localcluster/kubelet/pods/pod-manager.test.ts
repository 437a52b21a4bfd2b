import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../../shared/lifecycle/clock.js';
import { silentLogger } from '../../../shared/observability/logger.js';
import { backendIn, usableBackends } from '../../../tests/support/cgroup-backends.js';
import { eventually } from '../../../tests/support/eventually.js';
import { handlesTermination, isAlive, processesWith } from '../../../tests/support/processes.js';
import { type ReceivedRequest, ScriptedApi } from '../../../tests/support/scripted-api.js';
import { type Connection, connect } from '../../client/connection.js';
import { EventRecorder } from '../../client/event-recorder.js';
import { KubeClient } from '../../client/kube-client.js';
import type { Container, ContainerStatus, Metadata, Pod, PodStatus } from '../../client/objects.js';
import type { CgroupBackend } from '../cgroups/cgroup-backend.js';
import { ContainerRunner } from '../containers/container-runner.js';
import { cgroupNames } from '../domain/cgroup-dialect.js';
import { LogFolders } from '../logs/log-folders.js';
import { containerLog } from './container-log.js';
import { PodManager } from './pod-manager.js';

const SLEEP = { name: 'main', image: 'none', command: ['sleep', '1000'] };

describe.each(await usableBackends())('pods in %s groups', (wanted) => {
  const mark = `podium-mark-${wanted}-${process.pid}`;
  let folder = '';
  let api: ScriptedApi;
  let connection: Connection;
  let backend: CgroupBackend;
  let recorder: EventRecorder;
  let logs: LogFolders;
  let pods: PodManager;

  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'podium-test-'));
    api = await ScriptedApi.start();
    connection = connect({ server: api.url, insecureSkipTlsVerify: false });
    backend = await backendIn(wanted, folder);
    await backend.start();
    logs = new LogFolders(path.join(folder, 'logs'));
    pods = newManager();
  });
  afterEach(async () => {
    await pods.stop();
    await recorder.stop();
    await backend.stop();
    await connection.close();
    await api.stop();
    await rm(folder, { recursive: true, force: true });
    expect(processesWith(mark)).toEqual([]);
  });

  function newManager(maxPods = 110): PodManager {
    const shared = { clock: systemClock, random: () => 0, logger: silentLogger };
    const client = new KubeClient(connection.send);
    recorder = new EventRecorder({ ...shared, client, source: { component: 'kubelet', host: 'n1' } });
    const searchPath = process.env.PATH ?? '';
    const runner = new ContainerRunner({ ...shared, backend, names: cgroupNames('kind'), logs, searchPath });
    const node = { ip: '127.0.0.1', runsAsRoot: false };
    return new PodManager({ ...shared, client, recorder, runner, logs, node, maxPods });
  }

  function aPod(
    spec: Partial<Pod['spec']> = {},
    metadata: Partial<Metadata> = {},
    status: PodStatus = {},
  ): Pod {
    const identity = { namespace: 'web', name: 'p', uid: 'uid-of-p', resourceVersion: '1' };
    return { metadata: { ...identity, ...metadata }, spec: { containers: [SLEEP], ...spec }, status };
  }

  function shell(script: string, container: Partial<Container> = {}): Container {
    return { name: 'main', image: 'none', command: ['sh', '-c', `: ${mark}; ${script}`], ...container };
  }

  function added(pod: Pod): void {
    pods.podChanged({ kind: 'added', item: pod });
  }

  function updated(pod: Pod): void {
    pods.podChanged({ kind: 'updated', item: pod, previous: pod });
  }

  function statuses(): PodStatus[] {
    return api.with('PATCH').flatMap(({ path, body }) => (path.endsWith('/status') ? [body.status] : []));
  }

  function latest(): PodStatus {
    return statuses().at(-1) ?? {};
  }

  function main(): Partial<ContainerStatus> {
    return latest().containerStatuses?.[0] ?? {};
  }

  function events(reason: string): ReceivedRequest['body'][] {
    return api.with('POST').flatMap(({ body }) => (body.reason === reason ? [body] : []));
  }

  function deletions(): ReceivedRequest['body'][] {
    return api.with('DELETE').map(({ path, body }) => ({ path, ...body }));
  }

  async function untilRunning(): Promise<void> {
    await eventually(() => expect(latest().phase).toBe('Running'));
  }

  /** Running is reported when the shell was started, which may be before it has come to its trap. */
  async function untilTrapped(): Promise<void> {
    await untilRunning();
    await eventually(() => expect(processesWith(mark).some(handlesTermination)).toBe(true));
  }

  it('are started and reported', async () => {
    added(aPod({ containers: [shell('sleep 1000')] }));

    await untilRunning();

    expect(api.with('PATCH')[0]).toMatchObject({
      path: '/api/v1/namespaces/web/pods/p/status',
      headers: { 'content-type': 'application/strategic-merge-patch+json' },
      body: { metadata: { uid: 'uid-of-p' } },
    });
    expect(main()).toMatchObject({ ready: true, state: { running: {} } });
    await eventually(() => expect(processesWith(mark)).toHaveLength(1));
    await eventually(() => expect(events('Started')).toHaveLength(1));
    expect(events('Started')[0].involvedObject).toMatchObject({ fieldPath: 'spec.containers{main}' });
  });

  it('start a container again that dies, in a new group, and back off when it keeps dying', async () => {
    added(aPod({ containers: [shell('exit 3')] }));

    await eventually(() =>
      expect(main()).toMatchObject({
        state: { waiting: { reason: 'CrashLoopBackOff' } },
        lastState: { terminated: { exitCode: 3, reason: 'Error' } },
      }),
    );
    const { containerID = '', restartCount = 0 } = main();
    await eventually(() => expect(main().restartCount).toBeGreaterThan(restartCount));
    expect(main().containerID).not.toBe(containerID);
    await eventually(() => expect(events('BackOff').length).toBeGreaterThan(0));
  });

  it('run to their end, with init containers before and a sidecar beside', async () => {
    const initContainers = [
      shell('echo first > "$0"', { name: 'first', args: [path.join(folder, 'order')] }),
      shell('trap "exit 0" TERM; while :; do sleep 0.05; done', { name: 'side', restartPolicy: 'Always' }),
    ];
    const containers = [shell('cat "$0"; sleep 0.2', { args: [path.join(folder, 'order')] })];
    added(aPod({ restartPolicy: 'Never', initContainers, containers }));

    await eventually(() => expect(latest().phase).toBe('Succeeded'));

    expect(latest().initContainerStatuses).toMatchObject([
      { name: 'first', ready: true, state: { terminated: { exitCode: 0 } } },
      { name: 'side', state: { terminated: { exitCode: 0 } } },
    ]);
    const log = containerLog(pods.find('web', 'p'), { pod: 'p', container: 'main', previous: false }, logs);
    expect(String(log)).toMatch(/uid-of-p\/main\/0\.log$/);
    expect(existsSync(backend.folder('kubelet.slice/kubelet-kubepods.slice'))).toBe(true);
    expect(processesWith(mark)).toEqual([]);
    expect(deletions()).toEqual([]);
  });

  it('end gracefully when they are deleted, and only then the API server may forget them', async () => {
    const script = 'trap "sleep 0.3; exit 0" TERM; while :; do sleep 0.05; done';
    added(aPod({ containers: [shell(script)] }));
    await untilTrapped();

    updated(
      aPod(
        { containers: [shell(script)] },
        { deletionTimestamp: '2026-01-01T00:00:00Z', deletionGracePeriodSeconds: 30 },
      ),
    );

    await eventually(() => expect(deletions()).toHaveLength(1));
    expect(deletions()[0]).toMatchObject({
      path: '/api/v1/namespaces/web/pods/p',
      gracePeriodSeconds: 0,
      preconditions: { uid: 'uid-of-p' },
    });
    expect(latest()).toMatchObject({
      phase: 'Succeeded',
      containerStatuses: [{ state: { terminated: { exitCode: 0 } } }],
    });
    expect(processesWith(mark)).toEqual([]);
    await eventually(() => expect(events('Killing')).toHaveLength(1));
  });

  it('are killed when their grace is over, or has been shortened', async () => {
    const containers = [shell("trap '' TERM; while :; do sleep 0.05; done")];
    const deletionTimestamp = '2026-01-01T00:00:00Z';
    added(aPod({ containers }));
    await untilTrapped();

    updated(aPod({ containers }, { deletionTimestamp, deletionGracePeriodSeconds: 600 }));
    await eventually(() => expect(events('Killing')).toHaveLength(1));
    updated(aPod({ containers }, { deletionTimestamp, deletionGracePeriodSeconds: 1 }));

    await eventually(() => expect(deletions()).toHaveLength(1));
    expect(main()).toMatchObject({ state: { terminated: { exitCode: 137, signal: 9 } } });
  });

  it('end and leave nothing when the API server has forgotten them', async () => {
    added(aPod({ containers: [shell('sleep 1000')] }));
    await untilRunning();

    pods.podChanged({ kind: 'deleted', item: aPod({ terminationGracePeriodSeconds: 1 }) });

    await eventually(() => expect(pods.find('web', 'p')).toBeUndefined());
    expect(processesWith(mark)).toEqual([]);
    await eventually(async () => expect(await readdir(path.join(folder, 'logs'))).toEqual([]));
    expect(deletions()).toEqual([]);
  });

  it('that were made anew under their name run beside the one that still ends', async () => {
    added(aPod({ containers: [shell("trap '' TERM; while :; do sleep 0.05; done")] }));
    await untilTrapped();
    pods.podChanged({ kind: 'deleted', item: aPod({}, { deletionGracePeriodSeconds: 1 }) });

    added(aPod({ containers: [shell('sleep 1000')] }, { uid: 'another-uid' }));

    await eventually(() => expect(pods.find('web', 'p')?.pod.metadata.uid).toBe('another-uid'));
    await eventually(() =>
      expect(api.with('PATCH').at(-1)?.body).toMatchObject({
        metadata: { uid: 'another-uid' },
        status: { phase: 'Running' },
      }),
    );
  });

  it('wait with a reason when there is nothing to run', async () => {
    const { command: _, ...image } = SLEEP;
    added(aPod({ containers: [image] }));

    await eventually(() => expect(main().state?.waiting?.reason).toBe('CreateContainerError'));
    expect(latest().phase).toBe('Pending');
    await eventually(() => expect(events('Failed')[0]?.message).toContain('container has no command'));
  });

  it('are told about once when they want what is not offered', async () => {
    const pod = aPod({ volumes: [{ name: 'data' }] });
    added(pod);
    await untilRunning();
    updated(pod);

    await eventually(() => expect(events('IgnoredFields')).toHaveLength(1));
    expect(events('IgnoredFields')[0].message).toContain('volumes (data)');
  });

  it('that only mirror something are neither started nor changed', async () => {
    const annotations = { 'kubernetes.io/config.mirror': 'hash' };
    added(aPod({ containers: [shell('sleep 1000')] }, { annotations }));
    added(aPod({}, { uid: 'other', name: 'other' }));

    await untilRunning();
    expect(api.received.filter(({ path }) => path.includes('/pods/p'))).toEqual([]);
    expect(processesWith(mark)).toEqual([]);
  });

  it('are refused when the node is full', async () => {
    await pods.stop();
    pods = newManager(1);
    added(aPod({}, {}, { phase: 'Succeeded' }));
    added(aPod({}, { uid: 'second', name: 'second' }));

    added(aPod({}, { uid: 'third', name: 'third' }));

    await eventually(() =>
      expect(api.with('PATCH').filter(({ path }) => path.includes('third'))).toMatchObject([
        { body: { status: { phase: 'Failed', reason: 'OutOfpods' } } },
      ]),
    );
  });

  it('are reported when the API server is back, with what is true then', async () => {
    let isDown = true;
    api.script = () => (isDown ? { status: 503 } : undefined);
    added(aPod({ containers: [shell('sleep 1000')] }));
    await eventually(() => expect(processesWith(mark)).toHaveLength(1));
    await eventually(() => expect(statuses().length).toBeGreaterThan(1));
    const [pid = 0] = processesWith(mark);

    process.kill(pid, 'SIGKILL');
    await eventually(() => expect(processesWith(mark).filter((other) => other !== pid)).toHaveLength(1));
    isDown = false;

    await eventually(() => expect(main()).toMatchObject({ restartCount: 1, state: { running: {} } }));
  });

  it('are started anew after a kubelet that was lost, and counted', async () => {
    added(aPod({ containers: [shell('sleep 1000')] }));
    await untilRunning();
    const [pid = 0] = processesWith(mark);
    const known = latest();
    await pods.stop();
    expect(isAlive(pid)).toBe(false);
    pods = newManager();

    added(aPod({ containers: [shell('sleep 1000')] }, {}, known));

    await eventually(() =>
      expect(main()).toMatchObject({
        restartCount: 1,
        state: { running: {} },
        lastState: { terminated: { exitCode: 137, reason: 'ContainerStatusUnknown' } },
      }),
    );
  });

  it('end when the kubelet does, whatever they think about it, and stay at the API server', async () => {
    added(aPod({ containers: [shell("trap '' TERM; while :; do sleep 0.05; done")] }));
    await untilTrapped();
    const before = statuses().length;

    await pods.stop();

    expect(processesWith(mark)).toEqual([]);
    expect(statuses()).toHaveLength(before);
    expect(deletions()).toEqual([]);
  });
});
