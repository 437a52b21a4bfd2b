import type { Container, Pod } from '../../client/objects.js';

/** The volume that admission gives to every pod; its containers have no use for it here and nobody asked for it. */
const TOKEN_VOLUME = /^kube-api-access-/;

/**
 * What a pod asks for and this kubelet does not do although it runs the pod, in words for an event; empty when it
 * does everything.
 */
export function ignoredFields({ spec }: Pick<Pod, 'spec'>): string[] {
  const containers = [...(spec.initContainers ?? []), ...spec.containers];
  const volumes = (spec.volumes ?? []).filter(({ name }) => !TOKEN_VOLUME.test(name));
  return [
    ...(volumes.length > 0 ? [`volumes (${volumes.map(({ name }) => name).join(', ')})`] : []),
    ...((spec.ephemeralContainers ?? []).length > 0 ? ['ephemeralContainers'] : []),
    ...(spec.activeDeadlineSeconds === undefined ? [] : ['activeDeadlineSeconds']),
    ...(isEmpty(spec.securityContext) ? [] : ['securityContext']),
    ...containers.flatMap(ignoredContainerFields),
  ];
}

const CONTAINER_FIELDS = [
  'livenessProbe',
  'readinessProbe',
  'startupProbe',
  'lifecycle',
  'securityContext',
] as const satisfies readonly (keyof Container)[];

function ignoredContainerFields(container: Container): string[] {
  const fields: string[] = CONTAINER_FIELDS.filter((field) => !isEmpty(container[field]));
  if (!isEmpty(container.resources?.limits)) fields.push('resources.limits');
  return fields.map((field) => `${field} of container ${container.name}`);
}

function isEmpty(value: object | undefined): boolean {
  return value === undefined || Object.keys(value).length === 0;
}
