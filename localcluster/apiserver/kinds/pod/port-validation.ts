import {
  duplicate,
  type FieldError,
  faultIf,
  invalidFor,
  invalidValue,
  oneOf,
  required,
} from '../../errors/field-error.js';
import { portNameFaults } from '../../objects/name-rules.js';
import type { ContainerPort } from './pod.js';

const PROTOCOLS = ['SCTP', 'TCP', 'UDP'];
const HOST_PORT_DIFFERS = 'must match `containerPort` when `hostNetwork` is true';

/** Faults of a container's ports. On the host's network a port cannot be another one on the host. */
export function portFaults(
  ports: readonly ContainerPort[],
  field: string,
  hostNetwork: boolean,
): readonly FieldError[] {
  const names = new Set<string>();
  return ports.flatMap((port, index) => {
    const at = `${field}[${index}]`;
    const { containerPort, hostPort = 0 } = port;
    const differs = hostNetwork && hostPort !== 0 && hostPort !== containerPort;
    return [
      ...nameFaults(port.name, names, `${at}.name`),
      ...faultIf(containerPort === 0, required(`${at}.containerPort`)),
      ...(containerPort === 0 ? [] : portNumberFaults(containerPort, `${at}.containerPort`)),
      ...(hostPort === 0 ? [] : portNumberFaults(hostPort, `${at}.hostPort`)),
      ...oneOf(`${at}.protocol`, port.protocol, PROTOCOLS),
      ...faultIf(differs, invalidValue(`${at}.hostPort`, hostPort, HOST_PORT_DIFFERS)),
    ];
  });
}

function nameFaults(name: string | undefined, seen: Set<string>, field: string): readonly FieldError[] {
  if (name === undefined) return [];
  const isTwin = seen.has(name);
  seen.add(name);
  return [...invalidFor(field, name, portNameFaults(name)), ...faultIf(isTwin, duplicate(field, name))];
}

/** Faults of a port that is given by number, or by the name of one. */
export function portNumberFaults(port: number | string, field: string): readonly FieldError[] {
  if (typeof port === 'string') return invalidFor(field, port, portNameFaults(port));
  return faultIf(
    port < 1 || port > 65_535,
    invalidValue(field, port, 'must be between 1 and 65535, inclusive'),
  );
}
