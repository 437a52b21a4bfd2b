import type { Container, EnvironmentVariable, Pod } from '../../client/objects.js';
import { expandVariables } from './expand-variables.js';

/** What is to be run, or why nothing can be, in the form of a waiting state. */
export type ContainerCommand =
  | { readonly argv: readonly string[]; readonly environment: ReadonlyMap<string, string> }
  | { readonly refusal: Refusal };

export interface Refusal {
  readonly reason: 'CreateContainerError' | 'CreateContainerConfigError';
  readonly message: string;
}

/** Facts about the node that a container may see or that decide whether it may run. */
export interface NodeFacts {
  readonly ip: string;
  readonly runsAsRoot: boolean;
}

/**
 * Works out a container's command line and its own variables. There are no images: without a `command` there is
 * nothing to run, and what would come from a volume, ConfigMap or Secret is refused instead of left out.
 */
export function containerCommand(pod: Pod, container: Container, node: NodeFacts): ContainerCommand {
  const refusal = refusalOf(pod, container, node);
  if (refusal !== undefined) return { refusal };
  const environment = new Map<string, string>();
  for (const variable of container.env ?? []) {
    const value = variableValue(variable, pod, node, environment);
    if (value !== undefined) environment.set(variable.name, value);
  }
  const words = [...(container.command ?? []), ...(container.args ?? [])];
  return { argv: words.map((word) => expandVariables(word, environment)), environment };
}

function refusalOf(pod: Pod, container: Container, node: NodeFacts): Refusal | undefined {
  if ((container.command ?? []).length === 0) {
    const message =
      'container has no command: there are no images here, so the pod must name the program to run in `command`';
    return { reason: 'CreateContainerError', message };
  }
  const runAsNonRoot = container.securityContext?.runAsNonRoot ?? pod.spec.securityContext?.runAsNonRoot;
  if (runAsNonRoot === true && node.runsAsRoot) {
    return config(
      'container has runAsNonRoot and this kubelet runs everything as its own user, which is root',
    );
  }
  if ((container.envFrom ?? []).length > 0) {
    return config('container has envFrom: ConfigMaps and Secrets are not offered here');
  }
  const unknown = (container.env ?? []).find((variable) => !isOffered(variable));
  if (unknown === undefined) return undefined;
  return config(`variable ${unknown.name}: only values and fieldRef to the pod itself are offered here`);
}

function config(message: string): Refusal {
  return { reason: 'CreateContainerConfigError', message };
}

function isOffered({ valueFrom }: EnvironmentVariable): boolean {
  if (valueFrom === undefined) return true;
  if (valueFrom.fieldRef !== undefined) return isKnownField(valueFrom.fieldRef.fieldPath);
  return (valueFrom.configMapKeyRef ?? valueFrom.secretKeyRef)?.optional === true;
}

/** Undefined where an optional source is not there. */
function variableValue(
  { value, valueFrom }: EnvironmentVariable,
  pod: Pod,
  node: NodeFacts,
  earlier: ReadonlyMap<string, string>,
): string | undefined {
  if (valueFrom === undefined) return expandVariables(value ?? '', earlier);
  if (valueFrom.fieldRef === undefined) return undefined;
  return fieldValue(valueFrom.fieldRef.fieldPath, pod, node);
}

type Field = (pod: Pod, node: NodeFacts) => string;

/** The fields of the downward API (Kubernetes, "Downward API", available fields). */
const FIELDS: Readonly<Record<string, Field>> = {
  'metadata.name': ({ metadata }) => metadata.name,
  'metadata.namespace': ({ metadata }) => metadata.namespace ?? 'default',
  'metadata.uid': ({ metadata }) => metadata.uid,
  'spec.nodeName': ({ spec }) => spec.nodeName ?? '',
  'spec.serviceAccountName': ({ spec }) => spec.serviceAccountName ?? '',
  'status.hostIP': (_pod, { ip }) => ip,
  'status.hostIPs': (_pod, { ip }) => ip,
  'status.podIP': (_pod, { ip }) => ip,
  'status.podIPs': (_pod, { ip }) => ip,
};

const SUBSCRIPT = /^metadata\.(labels|annotations)\['(.+)'\]$/;

function isKnownField(fieldPath: string): boolean {
  return Object.hasOwn(FIELDS, fieldPath) || SUBSCRIPT.test(fieldPath);
}

function fieldValue(fieldPath: string, pod: Pod, node: NodeFacts): string {
  const field = Object.hasOwn(FIELDS, fieldPath) ? FIELDS[fieldPath] : undefined;
  if (field !== undefined) return field(pod, node);
  const [, map, key] = SUBSCRIPT.exec(fieldPath) ?? [];
  return pod.metadata[map as 'labels' | 'annotations']?.[key ?? ''] ?? '';
}
