import { describe, expect, it } from 'vitest';
import { aPod } from '../../../../tests/support/a-pod.js';
import { admitPod } from './pod-admission.js';
import { qosClass } from './pod-qos.js';

describe('a pod without particulars', () => {
  it('gets what Kubernetes gives it', () => {
    expect(aPod()).toEqual({
      metadata: { name: 'web', namespace: 'default' },
      spec: {
        containers: [
          {
            name: 'main',
            image: 'busybox:1',
            resources: {},
            terminationMessagePath: '/dev/termination-log',
            terminationMessagePolicy: 'File',
            imagePullPolicy: 'IfNotPresent',
          },
        ],
        restartPolicy: 'Always',
        terminationGracePeriodSeconds: 30,
        dnsPolicy: 'ClusterFirst',
        securityContext: {},
        schedulerName: 'default-scheduler',
        enableServiceLinks: true,
      },
      status: { phase: 'Pending' },
    });
  });
});

describe('a container', () => {
  it.each([
    ['busybox', 'Always'],
    ['busybox:latest', 'Always'],
    ['busybox:1', 'IfNotPresent'],
    ['registry:5000/busybox', 'Always'],
    ['registry:5000/busybox:1', 'IfNotPresent'],
    ['busybox@sha256:abc', 'IfNotPresent'],
  ])('of the image %s is pulled %s', (image, policy) => {
    const { spec } = aPod({ containers: [{ name: 'a', image }] });

    expect(spec.containers?.[0]?.imagePullPolicy).toBe(policy);
  });

  it('asks for what it is limited to, and its probes, ports and references are filled in', () => {
    const { spec } = aPod({
      hostNetwork: true,
      containers: [
        {
          name: 'a',
          image: 'b',
          resources: { limits: { cpu: '1', memory: '1Gi' }, requests: { cpu: '0.5' } },
          ports: [{ containerPort: 80 }],
          env: [{ name: 'N', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } }],
          livenessProbe: { httpGet: { port: 80 } },
          readinessProbe: { grpc: { port: 5 } },
          lifecycle: { preStop: { httpGet: { port: 'x' } } },
        },
      ],
    });

    expect(spec.containers?.[0]).toMatchObject({
      resources: { requests: { cpu: '500m', memory: '1Gi' } },
      ports: [{ containerPort: 80, hostPort: 80, protocol: 'TCP' }],
      env: [{ valueFrom: { fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.name' } } }],
      livenessProbe: {
        httpGet: { path: '/', port: 80, scheme: 'HTTP' },
        timeoutSeconds: 1,
        periodSeconds: 10,
        successThreshold: 1,
        failureThreshold: 3,
      },
      readinessProbe: { grpc: { port: 5, service: '' } },
      lifecycle: { preStop: { httpGet: { path: '/', scheme: 'HTTP' } } },
    });
  });
});

describe('volumes', () => {
  it('are empty folders without a source, and get the usual modes', () => {
    const fieldRef = { fieldPath: 'metadata.labels' };
    const { spec } = aPod({
      volumes: [
        { name: 'a' },
        { name: 'b', hostPath: { path: '/x' } },
        { name: 'c', secret: { secretName: 's' } },
        { name: 'd', downwardAPI: { items: [{ path: 'l', fieldRef }] } },
        { name: 'e', projected: { sources: [{ serviceAccountToken: { path: 't' } }] } },
        { name: 'f', persistentVolumeClaim: { claimName: 'c' } },
      ],
    });

    expect(spec.volumes).toEqual([
      { name: 'a', emptyDir: {} },
      { name: 'b', hostPath: { path: '/x', type: '' } },
      { name: 'c', secret: { secretName: 's', defaultMode: 0o644 } },
      {
        name: 'd',
        downwardAPI: {
          defaultMode: 0o644,
          items: [{ path: 'l', fieldRef: { apiVersion: 'v1', ...fieldRef } }],
        },
      },
      {
        name: 'e',
        projected: {
          defaultMode: 0o644,
          sources: [{ serviceAccountToken: { path: 't', expirationSeconds: 3600 } }],
        },
      },
      { name: 'f', persistentVolumeClaim: { claimName: 'c' } },
    ]);
  });
});

describe('admitPod', () => {
  it('gives a new pod its priority and tolerations for nodes in trouble', () => {
    const { spec } = admitPod(aPod(), undefined);

    expect(spec).toMatchObject({ priority: 0, preemptionPolicy: 'PreemptLowerPriority' });
    expect(spec.tolerations?.map(({ key, tolerationSeconds }) => [key, tolerationSeconds])).toEqual([
      ['node.kubernetes.io/not-ready', 300],
      ['node.kubernetes.io/unreachable', 300],
    ]);
  });

  it('adds no toleration that is there already', () => {
    const everything = [{ operator: 'Exists' }];

    expect(admitPod(aPod({ tolerations: everything }), undefined).spec.tolerations).toEqual(everything);
  });

  it('knows the priority classes of every cluster and no others', () => {
    const critical = admitPod(aPod({ priorityClassName: 'system-node-critical' }), undefined);

    expect(critical.spec.priority).toBe(2_000_001_000);
    for (const priorityClassName of ['mine', 'constructor']) {
      expect(() => admitPod(aPod({ priorityClassName }), undefined)).toThrow(
        `no PriorityClass with name ${priorityClassName} was found`,
      );
    }
  });

  it('lets nobody choose a priority as a number', () => {
    expect(() => admitPod(aPod({ priority: 7 }), undefined)).toThrow(
      'the integer value of priority (7) must not be provided in pod spec',
    );
  });

  it('keeps the priority of a pod that is updated', () => {
    const current = admitPod(aPod({ priorityClassName: 'system-node-critical' }), undefined);

    expect(admitPod(aPod(), current).spec.priority).toBe(2_000_001_000);
  });
});

describe('qosClass', () => {
  const withResources = (...resources: readonly object[]) =>
    aPod({
      containers: resources.map((item, index) => ({
        name: `c${index}`,
        image: 'x',
        resources: item as never,
      })),
    }).spec;

  it.each([
    ['BestEffort', [{}]],
    ['BestEffort', [{ requests: { 'example.com/gpu': '1' }, limits: { 'example.com/gpu': '1' } }]],
    ['Burstable', [{ requests: { cpu: '1' } }]],
    ['Burstable', [{ limits: { cpu: '1', memory: '1Gi' } }, {}]],
    ['Burstable', [{ limits: { cpu: '1', memory: '1Gi' }, requests: { cpu: '0.5' } }]],
    ['Guaranteed', [{ limits: { cpu: '1', memory: '1Gi' } }]],
    ['Guaranteed', [{ limits: { cpu: '1', memory: '1Gi' }, requests: { cpu: '1000m', memory: '1024Mi' } }]],
  ])('is %s for %j', (expected, resources) => {
    expect(qosClass(withResources(...resources))).toBe(expected);
  });
});
