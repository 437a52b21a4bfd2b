import {
  duplicate,
  type FieldError,
  faultIf,
  forbidden,
  invalidFor,
  invalidValue,
  notFound,
  oneOf,
  required,
} from '../../errors/field-error.js';
import { dnsLabelFaults } from '../../objects/name-rules.js';
import { environmentFaults } from './environment-validation.js';
import { type Container, isSidecar, type PodSpec } from './pod.js';
import { portFaults } from './port-validation.js';
import { lifecycleFaults, PROBES } from './probe-validation.js';
import { resourceFaults } from './resource-validation.js';

const PULL_POLICIES = ['Always', 'IfNotPresent', 'Never'];
const MESSAGE_POLICIES = ['File', 'FallbackToLogsOnError'];

/** Faults of all containers of a pod. */
export function containersFaults(spec: PodSpec): readonly FieldError[] {
  const { containers, initContainers = [] } = spec;
  if (containers === null || containers.length === 0) return [required('spec.containers')];
  const names = new Set<string>();
  const faultsOf = (container: Container, field: string) => [
    ...containerFaults(container, field, spec),
    ...twinFaults(container.name, names, `${field}.name`),
  ];
  return [
    ...containers.flatMap((container, index) => {
      const field = `spec.containers[${index}]`;
      return [...faultsOf(container, field), ...lifecycleFaults(container, field)];
    }),
    ...initContainers.flatMap((container, index) => {
      const field = `spec.initContainers[${index}]`;
      const more = isSidecar(container) ? lifecycleFaults : uselessHookFaults;
      return [...faultsOf(container, field), ...more(container, field)];
    }),
  ];
}

function twinFaults(name: string, seen: Set<string>, field: string): readonly FieldError[] {
  const isTwin = seen.has(name);
  seen.add(name);
  return faultIf(isTwin && name !== '', duplicate(field, name));
}

function containerFaults(container: Container, field: string, spec: PodSpec): readonly FieldError[] {
  const { name, image, ports = [], env = [], resources } = container;
  return [
    ...(name === '' ? [required(`${field}.name`)] : invalidFor(`${field}.name`, name, dnsLabelFaults(name))),
    ...imageFaults(`${field}.image`, image),
    ...oneOf(`${field}.terminationMessagePolicy`, container.terminationMessagePolicy, MESSAGE_POLICIES),
    ...portFaults(ports, `${field}.ports`, spec.hostNetwork ?? false),
    ...environmentFaults(env, `${field}.env`),
    ...mountFaults(container, field, spec),
    ...oneOf(`${field}.imagePullPolicy`, container.imagePullPolicy, PULL_POLICIES),
    ...resourceFaults(resources, `${field}.resources`),
  ];
}

/** Faults of the name of an image, which is all that the API server knows of it. */
export function imageFaults(field: string, image = ''): readonly FieldError[] {
  if (image === '') return [required(field)];
  return faultIf(
    image.trim() !== image,
    invalidValue(field, image, 'must not have leading or trailing whitespace'),
  );
}

function mountFaults(container: Container, field: string, spec: PodSpec): readonly FieldError[] {
  const volumes = new Set(spec.volumes?.map(({ name }) => name));
  return (container.volumeMounts ?? []).flatMap(({ name, mountPath }, index) => {
    const at = `${field}.volumeMounts[${index}]`;
    return [
      ...faultIf(name === '', required(`${at}.name`)),
      ...faultIf(name !== '' && !volumes.has(name), notFound(`${at}.name`, name)),
      ...faultIf(mountPath === '', required(`${at}.mountPath`)),
    ];
  });
}

/** Init containers that run to their end have no use for probes and hooks. */
function uselessHookFaults(container: Container, field: string): readonly FieldError[] {
  return (['lifecycle', ...PROBES] as const)
    .filter((key) => container[key] !== undefined)
    .map((key) =>
      forbidden(`${field}.${key}`, 'may not be set for init containers without restartPolicy=Always'),
    );
}
