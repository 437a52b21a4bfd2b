import { type FieldError, faultIf, forbidden, invalidValue, required } from '../../errors/field-error.js';
import type { Container, Handler, Probe } from './pod.js';
import { portNumberFaults } from './port-validation.js';

export const PROBES = ['livenessProbe', 'readinessProbe', 'startupProbe'] as const;
const HOOKS = ['postStart', 'preStop'] as const;
const HANDLERS = ['exec', 'httpGet', 'tcpSocket', 'grpc', 'sleep'] as const;
const COUNTERS = [
  'initialDelaySeconds',
  'timeoutSeconds',
  'periodSeconds',
  'successThreshold',
  'failureThreshold',
] as const;

/** Faults of what a container is asked while it runs, and of what is done when it starts and ends. */
export function lifecycleFaults(container: Container, field: string): readonly FieldError[] {
  const { lifecycle = {} } = container;
  return [
    ...HOOKS.flatMap((hook) => {
      const handler = lifecycle[hook];
      return handler === undefined ? [] : handlerFaults(handler, `${field}.lifecycle.${hook}`);
    }),
    ...PROBES.flatMap((name) => {
      const probe = container[name];
      return probe === undefined ? [] : probeFaults(name, probe, `${field}.${name}`);
    }),
  ];
}

function handlerFaults(handler: Handler, field: string): readonly FieldError[] {
  const [first, ...others] = HANDLERS.filter((key) => handler[key] !== undefined);
  if (first === undefined) return [required(field, 'must specify a handler type')];
  const port = handler.httpGet?.port ?? handler.tcpSocket?.port ?? handler.grpc?.port;
  return [
    ...(port === undefined ? [] : portNumberFaults(port, `${field}.${first}.port`)),
    ...others.map((key) => forbidden(`${field}.${key}`, 'may not specify more than 1 handler type')),
  ];
}

/** A probe that ends something cannot ask for several successes. */
function probeFaults(name: (typeof PROBES)[number], probe: Probe, field: string): readonly FieldError[] {
  const { successThreshold = 1 } = probe;
  const tooMany = name !== 'readinessProbe' && successThreshold !== 1;
  return [
    ...handlerFaults(probe, field),
    ...COUNTERS.flatMap((key) => {
      const count = probe[key] ?? 0;
      return faultIf(count < 0, invalidValue(`${field}.${key}`, count, 'must be greater than or equal to 0'));
    }),
    ...faultIf(tooMany, invalidValue(`${field}.successThreshold`, successThreshold, 'must be 1')),
  ];
}
