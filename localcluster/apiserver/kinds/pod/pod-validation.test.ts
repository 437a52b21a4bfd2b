import { describe, expect, it } from 'vitest';
import { aPod } from '../../../../tests/support/a-pod.js';
import type { JsonObject } from '../../objects/json.js';
import { podUpdateFaults } from './pod-update-rules.js';
import { podFaults } from './pod-validation.js';

function faultsOf(spec: JsonObject): readonly string[] {
  return podFaults(aPod(spec)).map(({ field, message }) => `${field}: ${message}`);
}

function faultsOfContainer(container: JsonObject): readonly string[] {
  return faultsOf({ containers: [{ name: 'a', image: 'b', ...container }] });
}

describe('podFaults', () => {
  it('finds none in an ordinary pod', () => {
    expect(podFaults(aPod())).toEqual([]);
  });

  it.each<[string, JsonObject, string]>([
    ['no containers', { containers: [] }, 'spec.containers: Required value'],
    [
      'an unknown restart policy',
      { restartPolicy: 'Sometimes' },
      'spec.restartPolicy: Unsupported value: "Sometimes": supported values: "Always", "OnFailure", "Never"',
    ],
    [
      'a deadline of nothing',
      { activeDeadlineSeconds: 0 },
      'spec.activeDeadlineSeconds: Invalid value: 0: must be between 1 and 2147483647, inclusive',
    ],
    [
      'a toleration of everything without saying so',
      { tolerations: [{ effect: 'NoSchedule' }] },
      'spec.tolerations[0].operator: Invalid value: "": operator must be Exists when `key` is empty, which means "match all values and all keys"',
    ],
    [
      'a toleration for a time that has no meaning',
      { tolerations: [{ key: 'a', effect: 'NoSchedule', tolerationSeconds: 5 }] },
      'spec.tolerations[0].effect: Invalid value: "NoSchedule": effect must be \'NoExecute\' when `tolerationSeconds` is set',
    ],
    [
      'two volumes of one name',
      { volumes: [{ name: 'v' }, { name: 'v' }] },
      'spec.volumes[1].name: Duplicate value: "v"',
    ],
    [
      'a volume of two kinds',
      { volumes: [{ name: 'v', emptyDir: {}, secret: { secretName: 's' } }] },
      'spec.volumes[0].secret: Forbidden: may not specify more than 1 volume type',
    ],
    [
      'a probe of an init container that ends',
      { initContainers: [{ name: 'i', image: 'x', livenessProbe: { exec: { command: ['x'] } } }] },
      'spec.initContainers[0].livenessProbe: Forbidden: may not be set for init containers without restartPolicy=Always',
    ],
    [
      'an init container of a taken name',
      { initContainers: [{ name: 'main', image: 'x' }] },
      'spec.initContainers[0].name: Duplicate value: "main"',
    ],
    [
      'a debug container from the start',
      { ephemeralContainers: [{ name: 'e', image: 'x' }] },
      'spec.ephemeralContainers: Forbidden: cannot be set on create',
    ],
  ])('finds %s', (_title, spec, fault) => {
    expect(faultsOf(spec)).toEqual([fault]);
  });

  it.each<[string, JsonObject, string]>([
    ['no image', { image: '' }, 'spec.containers[0].image: Required value'],
    [
      'a blank around the image',
      { image: ' b' },
      'spec.containers[0].image: Invalid value: " b": must not have leading or trailing whitespace',
    ],
    [
      'a port that is none',
      { ports: [{ containerPort: 70_000 }] },
      'spec.containers[0].ports[0].containerPort: Invalid value: 70000: must be between 1 and 65535, inclusive',
    ],
    [
      'a variable without a name',
      { env: [{ value: 'x' }] },
      'spec.containers[0].env[0].name: Required value',
    ],
    [
      'a reference to a field that containers may not read',
      { env: [{ name: 'a', valueFrom: { fieldRef: { fieldPath: 'spec.foo' } } }] },
      'spec.containers[0].env[0].valueFrom.fieldRef.fieldPath: Invalid value: "spec.foo": error converting fieldPath: field label not supported: spec.foo',
    ],
    [
      'a mount of no volume',
      { volumeMounts: [{ name: 'v', mountPath: '/x' }] },
      'spec.containers[0].volumeMounts[0].name: Not found: "v"',
    ],
    [
      'a request above its limit',
      { resources: { requests: { cpu: '2' }, limits: { cpu: '1' } } },
      'spec.containers[0].resources.requests: Invalid value: "2": must be less than or equal to cpu limit of 1',
    ],
    [
      'a negative amount',
      { resources: { requests: { memory: '-1' } } },
      'spec.containers[0].resources.requests[memory]: Invalid value: "-1": must be greater than or equal to 0',
    ],
    [
      'a part of a device',
      { resources: { limits: { 'example.com/gpu': '1.5' } } },
      'spec.containers[0].resources.limits[example.com/gpu]: Invalid value: "1500m": must be an integer',
    ],
    [
      'a probe that does nothing',
      { readinessProbe: {} },
      'spec.containers[0].readinessProbe: Required value: must specify a handler type',
    ],
  ])('finds %s in a container', (_title, container, fault) => {
    expect(faultsOfContainer(container)).toContain(fault);
  });

  it('tells a reference that containers may read', () => {
    const readable = ['metadata.name', "metadata.labels['app']", 'status.podIP', 'spec.nodeName'];
    const env = readable.map((fieldPath, index) => ({
      name: `V${index}`,
      valueFrom: { fieldRef: { fieldPath } },
    }));

    expect(faultsOfContainer({ env })).toEqual([]);
  });
});

describe('podUpdateFaults', () => {
  const messages = (next: JsonObject, current: JsonObject = {}) =>
    podUpdateFaults(aPod(next), aPod(current)).map(({ field, message }) => `${field}: ${message}`);

  it('lets images, deadlines, tolerations and gates change', () => {
    expect(messages({ containers: [{ name: 'main', image: 'busybox:2' }] })).toEqual([]);
    expect(messages({ activeDeadlineSeconds: 5 }, { activeDeadlineSeconds: 9 })).toEqual([]);
    expect(messages({ tolerations: [{ key: 'a', operator: 'Exists' }] })).toEqual([]);
    expect(messages({}, { schedulingGates: [{ name: 'example.com/gate' }] })).toEqual([]);
  });

  it('settles everything else, and names what should have changed', () => {
    const [fault, ...others] = messages({ restartPolicy: 'Never', hostname: 'x' });

    expect(others).toEqual([]);
    expect(fault).toMatch(/^spec: Forbidden: pod updates may not change fields other than `spec\.containers/);
    expect(fault).toContain('\nchanged: restartPolicy, hostname');
  });

  it.each<[string, JsonObject, JsonObject, string]>([
    [
      'a container more',
      {
        containers: [
          { name: 'main', image: 'busybox:1' },
          { name: 'b', image: 'x' },
        ],
      },
      {},
      'spec.containers: Forbidden: pod updates may not add or remove containers',
    ],
    [
      'a toleration less',
      { tolerations: [] },
      { tolerations: [{ key: 'a', operator: 'Exists' }] },
      'spec.tolerations: Forbidden: existing toleration can not be modified except its tolerationSeconds',
    ],
    [
      'a longer deadline',
      { activeDeadlineSeconds: 9 },
      { activeDeadlineSeconds: 5 },
      'spec.activeDeadlineSeconds: Invalid value: 9: must be less than or equal to previous value',
    ],
    [
      'no image',
      { containers: [{ name: 'main', image: '' }] },
      {},
      'spec.containers[0].image: Required value',
    ],
  ])('refuses %s', (_title, next, current, fault) => {
    expect(messages(next, current)).toContain(fault);
  });
});
