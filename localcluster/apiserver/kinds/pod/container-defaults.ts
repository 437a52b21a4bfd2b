import type { Container, ContainerPort, EnvironmentVariable, Handler, Probe } from './pod.js';

/** Fills in what a container's author left out, as Kubernetes does. */
export function withContainerDefaults(container: Container, hostNetwork: boolean): Container {
  return {
    ...container,
    ...(container.ports && { ports: container.ports.map((port) => withPortDefaults(port, hostNetwork)) }),
    ...(container.env && { env: container.env.map(withVariableDefaults) }),
    resources: withRequests(container.resources),
    ...(container.livenessProbe && { livenessProbe: withProbeDefaults(container.livenessProbe) }),
    ...(container.readinessProbe && { readinessProbe: withProbeDefaults(container.readinessProbe) }),
    ...(container.startupProbe && { startupProbe: withProbeDefaults(container.startupProbe) }),
    ...(container.lifecycle && { lifecycle: withLifecycleDefaults(container.lifecycle) }),
    terminationMessagePath: container.terminationMessagePath ?? '/dev/termination-log',
    terminationMessagePolicy: container.terminationMessagePolicy ?? 'File',
    imagePullPolicy: container.imagePullPolicy ?? pullPolicy(container.image ?? ''),
  };
}

/** An image that is named by `latest`, or by no tag at all, may have changed since it was pulled. */
function pullPolicy(image: string): string {
  if (image.includes('@')) return 'IfNotPresent';
  const tag = /:(?<tag>[^/:]+)$/.exec(image)?.groups?.tag ?? 'latest';
  return tag === 'latest' ? 'Always' : 'IfNotPresent';
}

function withPortDefaults(port: ContainerPort, hostNetwork: boolean): ContainerPort {
  const hostPort = port.hostPort ?? (hostNetwork ? port.containerPort : undefined);
  return { ...port, ...(hostPort === undefined ? {} : { hostPort }), protocol: port.protocol ?? 'TCP' };
}

function withVariableDefaults(variable: EnvironmentVariable): EnvironmentVariable {
  const fieldRef = variable.valueFrom?.fieldRef;
  if (fieldRef === undefined) return variable;
  return { ...variable, valueFrom: { ...variable.valueFrom, fieldRef: { apiVersion: 'v1', ...fieldRef } } };
}

/** Who limits a resource without asking for some asks for as much as the limit. */
function withRequests(resources: Container['resources']): Container['resources'] {
  if (resources.limits === undefined) return resources;
  return { ...resources, requests: { ...resources.limits, ...resources.requests } };
}

function withProbeDefaults(probe: Probe): Probe {
  return {
    ...withHandlerDefaults(probe),
    timeoutSeconds: probe.timeoutSeconds ?? 1,
    periodSeconds: probe.periodSeconds ?? 10,
    successThreshold: probe.successThreshold ?? 1,
    failureThreshold: probe.failureThreshold ?? 3,
  };
}

function withHandlerDefaults<T extends Handler>(handler: T): T {
  const { httpGet } = handler;
  return {
    ...handler,
    ...(httpGet && { httpGet: { ...httpGet, path: httpGet.path ?? '/', scheme: httpGet.scheme ?? 'HTTP' } }),
    ...(handler.grpc && { grpc: { ...handler.grpc, service: handler.grpc.service ?? '' } }),
  };
}

function withLifecycleDefaults(lifecycle: NonNullable<Container['lifecycle']>) {
  const { postStart, preStop } = lifecycle;
  return {
    ...lifecycle,
    ...(postStart && { postStart: withHandlerDefaults(postStart) }),
    ...(preStop && { preStop: withHandlerDefaults(preStop) }),
  };
}
