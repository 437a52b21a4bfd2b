import {
  duplicate,
  type FieldError,
  forbidden,
  invalidValue,
  notFound,
  notSupported,
  required,
} from '../../errors/field-error.js';
import { dnsLabelFaults, environmentNameFaults, portNameFaults } from '../../objects/name-rules.js';
import type { Container, ContainerPort, EnvironmentVariable, Handler, PodSpec, Probe } from './pod.js';
import { isSidecar } from './pod.js';
import { resourceFaults } from './resource-validation.js';

const PULL_POLICIES = ['Always', 'IfNotPresent', 'Never'];
const MESSAGE_POLICIES = ['File', 'FallbackToLogsOnError'];
const PROTOCOLS = ['SCTP', 'TCP', 'UDP'];
const PROBES = ['livenessProbe', 'readinessProbe', 'startupProbe'] as const;

/** Faults of all containers of a pod. */
export function containersFaults(spec: PodSpec): readonly FieldError[] {
  const containers = spec.containers ?? [];
  if (containers.length === 0) return [required('spec.containers')];
  const names = new Set<string>();
  const initContainers = spec.initContainers ?? [];
  return [
    ...containers.flatMap((container, index) => {
      const field = `spec.containers[${index}]`;
      return [
        ...containerFaults(container, field, spec),
        ...nameTwinFaults(container.name, names, `${field}.name`),
        ...lifecycleFaults(container, field),
      ];
    }),
    ...initContainers.flatMap((container, index) => {
      const field = `spec.initContainers[${index}]`;
      return [
        ...containerFaults(container, field, spec),
        ...nameTwinFaults(container.name, names, `${field}.name`),
        ...(isSidecar(container) ? lifecycleFaults(container, field) : initFaults(container, field)),
      ];
    }),
  ];
}

function nameTwinFaults(name: string, seen: Set<string>, field: string): readonly FieldError[] {
  if (name === '') return [];
  if (seen.has(name)) return [duplicate(field, name)];
  seen.add(name);
  return [];
}

function containerFaults(container: Container, field: string, spec: PodSpec): readonly FieldError[] {
  return [
    ...nameFaults(container.name, `${field}.name`),
    ...imageFaults(container.image, `${field}.image`),
    ...oneOf(container.terminationMessagePolicy, MESSAGE_POLICIES, `${field}.terminationMessagePolicy`),
    ...portFaults(container.ports ?? [], `${field}.ports`, spec.hostNetwork ?? false),
    ...environmentFaults(container.env ?? [], `${field}.env`),
    ...mountFaults(container, field, spec),
    ...oneOf(container.imagePullPolicy, PULL_POLICIES, `${field}.imagePullPolicy`),
    ...resourceFaults(container.resources, `${field}.resources`),
  ];
}

function nameFaults(name: string, field: string): readonly FieldError[] {
  if (name === '') return [required(field)];
  return dnsLabelFaults(name).map((fault) => invalidValue(field, name, fault));
}

function imageFaults(image: string | undefined, field: string): readonly FieldError[] {
  if (image === undefined || image === '') return [required(field)];
  if (image.trim() === image) return [];
  return [invalidValue(field, image, 'must not have leading or trailing whitespace')];
}

/** Faults of a value that must be one of a few. Shared by the rules for pods and containers. */
export function oneOf(
  value: string | undefined,
  supported: readonly string[],
  field: string,
): readonly FieldError[] {
  return value === undefined || supported.includes(value) ? [] : [notSupported(field, value, supported)];
}

function portFaults(
  ports: readonly ContainerPort[],
  field: string,
  hostNetwork: boolean,
): readonly FieldError[] {
  const names = new Set<string>();
  return ports.flatMap((port, index) => {
    const at = `${field}[${index}]`;
    const { name, containerPort, hostPort = 0 } = port;
    const wrongHostPort = hostNetwork && hostPort !== 0 && hostPort !== containerPort;
    return [
      ...(name === undefined ? [] : portNameFaults(name)).map((fault) =>
        invalidValue(`${at}.name`, name ?? '', fault),
      ),
      ...(name === undefined ? [] : nameTwinFaults(name, names, `${at}.name`)),
      ...(containerPort === 0
        ? [required(`${at}.containerPort`)]
        : portNumberFaults(containerPort, `${at}.containerPort`)),
      ...(hostPort === 0 ? [] : portNumberFaults(hostPort, `${at}.hostPort`)),
      ...oneOf(port.protocol, PROTOCOLS, `${at}.protocol`),
      ...(wrongHostPort
        ? [invalidValue(`${at}.hostPort`, hostPort, 'must match `containerPort` when `hostNetwork` is true')]
        : []),
    ];
  });
}

function portNumberFaults(port: number | string, field: string): readonly FieldError[] {
  if (typeof port === 'string') return portNameFaults(port).map((fault) => invalidValue(field, port, fault));
  return port >= 1 && port <= 65_535
    ? []
    : [invalidValue(field, port, 'must be between 1 and 65535, inclusive')];
}

function environmentFaults(variables: readonly EnvironmentVariable[], field: string): readonly FieldError[] {
  return variables.flatMap(({ name, value, valueFrom }, index) => {
    const at = `${field}[${index}]`;
    const source = `${at}.valueFrom`;
    const fieldPath = valueFrom?.fieldRef?.fieldPath;
    return [
      ...(name === ''
        ? [required(`${at}.name`)]
        : environmentNameFaults(name).map((fault) => invalidValue(`${at}.name`, name, fault))),
      ...(valueFrom !== undefined && (value ?? '') !== ''
        ? [invalidValue(source, '', 'may not be specified when `value` is not empty')]
        : []),
      ...(valueFrom !== undefined && Object.keys(valueFrom).length === 0
        ? [
            invalidValue(
              source,
              '',
              'must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef` or `secretKeyRef`',
            ),
          ]
        : []),
      ...(fieldPath === undefined ? [] : fieldPathFaults(fieldPath, `${source}.fieldRef.fieldPath`)),
    ];
  });
}

/** The fields of a pod that its containers may read. */
const READABLE_FIELD =
  /^(metadata\.(name|namespace|uid|labels|annotations|labels\['[^']+'\]|annotations\['[^']+'\])|spec\.(nodeName|serviceAccountName)|status\.(hostIPs?|podIPs?))$/;

function fieldPathFaults(path: string, field: string): readonly FieldError[] {
  if (path === '') return [required(field)];
  return READABLE_FIELD.test(path)
    ? []
    : [invalidValue(field, path, `error converting fieldPath: field label not supported: ${path}`)];
}

function mountFaults(container: Container, field: string, spec: PodSpec): readonly FieldError[] {
  const volumes = new Set(spec.volumes?.map(({ name }) => name));
  return (container.volumeMounts ?? []).flatMap(({ name, mountPath }, index) => {
    const at = `${field}.volumeMounts[${index}]`;
    return [
      ...(name === '' ? [required(`${at}.name`)] : volumes.has(name) ? [] : [notFound(`${at}.name`, name)]),
      ...(mountPath === '' ? [required(`${at}.mountPath`)] : []),
    ];
  });
}

/** Init containers that run to their end have no use for probes and hooks. */
function initFaults(container: Container, field: string): readonly FieldError[] {
  return (['lifecycle', ...PROBES] as const)
    .filter((key) => container[key] !== undefined)
    .map((key) =>
      forbidden(`${field}.${key}`, 'may not be set for init containers without restartPolicy=Always'),
    );
}

function lifecycleFaults(container: Container, field: string): readonly FieldError[] {
  const { lifecycle = {} } = container;
  return [
    ...(['postStart', 'preStop'] as const).flatMap((hook) => {
      const handler = lifecycle[hook];
      return handler === undefined ? [] : handlerFaults(handler, `${field}.lifecycle.${hook}`);
    }),
    ...PROBES.flatMap((key) => {
      const probe = container[key];
      return probe === undefined ? [] : probeFaults(probe, `${field}.${key}`);
    }),
  ];
}

function handlerFaults(handler: Handler, field: string): readonly FieldError[] {
  const given = (['exec', 'httpGet', 'tcpSocket', 'grpc', 'sleep'] as const).filter(
    (key) => handler[key] !== undefined,
  );
  if (given.length === 0) return [required(field, 'must specify a handler type')];
  const port = handler.httpGet?.port ?? handler.tcpSocket?.port ?? handler.grpc?.port;
  return [
    ...(port === undefined ? [] : portNumberFaults(port, `${field}.${given[0]}.port`)),
    ...given.slice(1).map((key) => forbidden(`${field}.${key}`, 'may not specify more than 1 handler type')),
  ];
}

function probeFaults(probe: Probe, field: string): readonly FieldError[] {
  const counters = [
    'initialDelaySeconds',
    'timeoutSeconds',
    'periodSeconds',
    'successThreshold',
    'failureThreshold',
  ] as const;
  const onlyOnce = /livenessProbe|startupProbe/.test(field) && (probe.successThreshold ?? 1) !== 1;
  return [
    ...handlerFaults(probe, field),
    ...counters
      .filter((key) => (probe[key] ?? 0) < 0)
      .map((key) => invalidValue(`${field}.${key}`, probe[key] ?? 0, 'must be greater than or equal to 0')),
    ...(onlyOnce
      ? [invalidValue(`${field}.successThreshold`, probe.successThreshold ?? 0, 'must be 1')]
      : []),
  ];
}
