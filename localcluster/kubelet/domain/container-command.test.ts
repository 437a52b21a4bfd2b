import { describe, expect, it } from 'vitest';
import type { Container, EnvironmentVariable, Pod } from '../../client/objects.js';
import { containerCommand } from './container-command.js';

const node = { ip: '127.0.0.1', runsAsRoot: true };

function aPod(spec: Partial<Pod['spec']> = {}): Pod {
  const metadata = {
    namespace: 'shop',
    name: 'web',
    uid: 'u-1',
    resourceVersion: '1',
    labels: { app: 'nginx' },
  };
  return { metadata, spec: { nodeName: 'n1', containers: [], ...spec } };
}

function aContainer(overrides: Partial<Container> = {}): Container {
  return { name: 'main', image: 'nginx', command: ['server'], ...overrides };
}

describe('containerCommand', () => {
  it('runs command and args with the variables of the container', () => {
    const container = aContainer({
      command: ['sh', '-c'],
      args: ['echo $(GREETING) $(OTHER)'],
      env: [
        { name: 'WHO', value: 'you' },
        { name: 'GREETING', value: 'hello $(WHO) $(LATER)' },
        { name: 'LATER' },
      ],
    });

    expect(containerCommand(aPod(), container, node)).toEqual({
      argv: ['sh', '-c', 'echo hello you $(LATER) $(OTHER)'],
      environment: new Map([
        ['WHO', 'you'],
        ['GREETING', 'hello you $(LATER)'],
        ['LATER', ''],
      ]),
    });
  });

  it.each([
    ['metadata.name', 'web'],
    ['metadata.namespace', 'shop'],
    ['metadata.uid', 'u-1'],
    ["metadata.labels['app']", 'nginx'],
    ["metadata.annotations['none']", ''],
    ['spec.nodeName', 'n1'],
    ['status.podIP', '127.0.0.1'],
  ])('takes a variable from the field %s', (fieldPath, value) => {
    const container = aContainer({ env: [{ name: 'X', valueFrom: { fieldRef: { fieldPath } } }] });

    expect(containerCommand(aPod(), container, node)).toMatchObject({ environment: new Map([['X', value]]) });
  });

  it('runs nothing without a command, whatever the image may hold', () => {
    const { command: _, ...container } = aContainer({ args: ['-g', 'daemon off;'] });

    expect(containerCommand(aPod(), container, node)).toMatchObject({
      refusal: {
        reason: 'CreateContainerError',
        message: expect.stringContaining('container has no command'),
      },
    });
  });

  it.each<[string, Partial<Container>]>([
    ['envFrom', { envFrom: [{ secretRef: {} }] }],
    ['variable KEY', { env: [{ name: 'KEY', valueFrom: { secretKeyRef: {} } }] }],
    ['variable CPU', { env: [{ name: 'CPU', valueFrom: {} }] }],
    ['runAsNonRoot', { securityContext: { runAsNonRoot: true } }],
  ])('refuses what it cannot give: %s', (what, overrides) => {
    expect(containerCommand(aPod(), aContainer(overrides), node)).toMatchObject({
      refusal: { reason: 'CreateContainerConfigError', message: expect.stringContaining(what) },
    });
  });

  it('leaves out an optional source that is not there', () => {
    const env: EnvironmentVariable[] = [{ name: 'X', valueFrom: { configMapKeyRef: { optional: true } } }];

    expect(containerCommand(aPod(), aContainer({ env }), node)).toMatchObject({ environment: new Map() });
  });

  it('runs a container that must not be root when nothing here is', () => {
    const pod = aPod({ securityContext: { runAsNonRoot: true } });

    expect(containerCommand(pod, aContainer(), node)).toHaveProperty('refusal');
    expect(containerCommand(pod, aContainer(), { ...node, runsAsRoot: false })).toHaveProperty('argv');
    expect(
      containerCommand(pod, aContainer({ securityContext: { runAsNonRoot: false } }), node),
    ).toHaveProperty('argv');
  });
});
