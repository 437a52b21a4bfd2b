import { describe, expect, it } from 'vitest';
import { decode } from './decode.js';
import { STRUCT_TYPES } from './struct-types.js';

describe('decode', () => {
  it('puts fields in the order of the type and leaves out what Kubernetes leaves out', () => {
    const { value } = decode('Container', {
      stdin: false,
      image: 'x',
      name: 'a',
      command: [],
      workingDir: '',
      securityContext: { runAsUser: 0, privileged: false },
    });

    expect(JSON.stringify(value)).toBe(
      '{"name":"a","image":"x","resources":{},"securityContext":{"privileged":false,"runAsUser":0}}',
    );
  });

  it('writes required and struct fields even when they are empty', () => {
    expect(decode('ContainerStatus', { name: 'a' }).value).toEqual({
      name: 'a',
      state: {},
      lastState: {},
      ready: false,
      restartCount: 0,
      image: '',
      imageID: '',
    });
    expect(decode('PodCondition', { type: 'Ready', status: 'True' }).value).toEqual({
      type: 'Ready',
      status: 'True',
      lastProbeTime: null,
      lastTransitionTime: null,
    });
    expect(decode('PodSpec', {}).value).toEqual({ containers: null });
  });

  it('spreads embedded structs', () => {
    expect(decode('Volume', { name: 'v', emptyDir: {} }).value).toEqual({ name: 'v', emptyDir: {} });
    expect(decode('Probe', { httpGet: { port: 'http' } }).value).toEqual({ httpGet: { port: 'http' } });
  });

  it('makes quantities and times canonical', () => {
    const { value } = decode('ResourceRequirements', { requests: { memory: '1024Mi', cpu: 0.5 } });

    expect(value).toEqual({ requests: { cpu: '500m', memory: '1Gi' } });
    expect(decode('ObjectMeta', { creationTimestamp: '2026-01-01T02:00:00.5+01:00' }).value).toEqual({
      creationTimestamp: '2026-01-01T01:00:00Z',
    });
    expect(decode('LeaseSpec', { renewTime: '2026-01-01T00:00:00.123456Z' }).value).toEqual({
      renewTime: '2026-01-01T00:00:00.123456Z',
    });
  });

  it('names every unknown field where it stands, and drops it', () => {
    const { value, unknownFields } = decode('Pod', {
      kind: 'Pod',
      apiVersion: 'v1',
      metadata: { lables: {} },
      spec: { containers: [{ name: 'a', imag: 'x' }], foo: null },
    });

    expect(unknownFields).toEqual(['metadata.lables', 'spec.containers[0].imag', 'spec.foo']);
    expect(value.metadata).toEqual({});
  });

  it.each([
    [
      { spec: { containers: 'no' } },
      'json: cannot unmarshal string into Go struct field PodSpec.spec.containers of type []v1.Container',
    ],
    [
      { spec: { containers: [{ name: 5 }] } },
      'json: cannot unmarshal number into Go struct field Container.spec.containers.name of type string',
    ],
    [
      { spec: { terminationGracePeriodSeconds: 1.5 } },
      'json: cannot unmarshal number 1.5 into Go struct field PodSpec.spec.terminationGracePeriodSeconds of type int64',
    ],
    [
      { metadata: { labels: { a: 5 } } },
      'json: cannot unmarshal number into Go struct field ObjectMeta.metadata.labels of type string',
    ],
    [
      { spec: { containers: [{ resources: { limits: { cpu: 'lots' } } }] } },
      'quantities must match the regular expression',
    ],
    [{ metadata: { creationTimestamp: 'yesterday' } }, 'parsing time "yesterday"'],
  ])('refuses %j as the real API server does', (document, message) => {
    expect(() => decode('Pod', document)).toThrow(message);
  });

  it('asks for all six digits of a lease time', () => {
    expect(() => decode('LeaseSpec', { renewTime: '2026-01-01T00:00:00Z' })).toThrow('parsing time');
  });

  it('decodes its own output to the same', () => {
    const first = decode('Pod', {
      spec: { containers: [{ name: 'a', livenessProbe: { httpGet: { port: 80 } } }] },
    }).value;

    expect(decode('Pod', first)).toEqual({ value: first, unknownFields: [] });
  });
});

describe('the type tables', () => {
  it('define every type that they use, with distinct field numbers', () => {
    for (const type of STRUCT_TYPES.values()) {
      const numbers = type.wireFields.map((field) => field.number);
      expect(new Set(numbers).size, type.name).toBe(numbers.length);
      for (const { type: fieldType } of type.wireFields) {
        const inner =
          fieldType.shape === 'list'
            ? fieldType.element
            : fieldType.shape === 'map'
              ? fieldType.value
              : fieldType;
        if (inner.shape === 'struct') expect(STRUCT_TYPES.has(inner.name), inner.name).toBe(true);
      }
    }
  });
});
