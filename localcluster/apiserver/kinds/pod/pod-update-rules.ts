import { isDeepStrictEqual } from 'node:util';
import { type FieldError, faultIf, forbidden, invalidValue } from '../../errors/field-error.js';
import { isIpAddress } from '../../objects/ip-address.js';
import { objectMetaFaults, SUBDOMAIN_NAME } from '../object-meta-rules.js';
import { imageFaults } from './container-validation.js';
import type { Container, Pod, PodSpec, PodStatus } from './pod.js';
import { deadlineFaults } from './pod-validation.js';
import { tolerationFaults } from './toleration-validation.js';

const CONTAINER_LISTS = ['containers', 'initContainers'] as const;

/** Faults of an update: almost all of a pod's specification is settled when it is created. */
export function podUpdateFaults(next: Pod, current: Pod): readonly FieldError[] {
  const added = containerCountFaults(next.spec, current.spec);
  if (added.length > 0) return added;
  return [
    ...objectMetaFaults(next.metadata, SUBDOMAIN_NAME),
    ...imagesFaults(next.spec),
    ...deadlineUpdateFaults(next.spec.activeDeadlineSeconds, current.spec.activeDeadlineSeconds),
    ...tolerationUpdateFaults(next.spec, current.spec),
    ...gateFaults(next.spec, current.spec),
    ...settledFaults(next.spec, current.spec),
  ];
}

function containerCountFaults(next: PodSpec, current: PodSpec): readonly FieldError[] {
  return CONTAINER_LISTS.flatMap((list) =>
    faultIf(
      (next[list]?.length ?? 0) !== (current[list]?.length ?? 0),
      forbidden(`spec.${list}`, 'pod updates may not add or remove containers'),
    ),
  );
}

function imagesFaults(spec: PodSpec): readonly FieldError[] {
  return CONTAINER_LISTS.flatMap((list) =>
    (spec[list] ?? []).flatMap(({ image }, index) => imageFaults(`spec.${list}[${index}].image`, image)),
  );
}

function deadlineUpdateFaults(next: number | undefined, current: number | undefined): readonly FieldError[] {
  const field = 'spec.activeDeadlineSeconds';
  if (current === undefined) return deadlineFaults(next);
  if (next === undefined) {
    return [invalidValue(field, null, 'must not update from a positive integer to nil value')];
  }
  if (next > current) return [invalidValue(field, next, 'must be less than or equal to previous value')];
  return deadlineFaults(next);
}

/** Tolerations may be added; of those that are there, only the time may change. */
function tolerationUpdateFaults(next: PodSpec, current: PodSpec): readonly FieldError[] {
  const { tolerations: after = [] } = next;
  const timeless = (toleration: object) => ({ ...toleration, tolerationSeconds: 0 });
  const isLost = (current.tolerations ?? []).some(
    (before) => !after.some((toleration) => isDeepStrictEqual(timeless(toleration), timeless(before))),
  );
  if (!isLost) return tolerationFaults(after);
  const detail = 'existing toleration can not be modified except its tolerationSeconds';
  return [forbidden('spec.tolerations', detail)];
}

function gateFaults(next: PodSpec, current: PodSpec): readonly FieldError[] {
  const before = new Set(current.schedulingGates?.map(({ name }) => name));
  const added = (next.schedulingGates ?? []).filter(({ name }) => !before.has(name));
  const detail = `only deletion is allowed, but found new scheduling gate '${added[0]?.name}'`;
  return faultIf(added.length > 0, forbidden('spec.schedulingGates', detail));
}

const MUTABLE =
  'pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,' +
  '`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),' +
  '`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)';

/** The real API server adds a dump of both specifications here; this one names what differs. */
function settledFaults(next: PodSpec, current: PodSpec): readonly FieldError[] {
  const settled = withMutable(next, current);
  const keys = new Set([...Object.keys(settled), ...Object.keys(current)]) as ReadonlySet<keyof PodSpec>;
  const changed = [...keys].filter((key) => !isDeepStrictEqual(settled[key], current[key]));
  return faultIf(changed.length > 0, forbidden('spec', `${MUTABLE}\nchanged: ${changed.join(', ')}`));
}

/** The new specification with everything that may change taken from the current one. */
function withMutable(next: PodSpec, current: PodSpec): PodSpec {
  const {
    activeDeadlineSeconds,
    tolerations,
    schedulingGates,
    terminationGracePeriodSeconds: grace,
  } = current;
  const graceMayChange = grace !== undefined && grace < 0 && next.terminationGracePeriodSeconds === 1;
  return {
    ...next,
    ...withImages(next, current),
    ...({ activeDeadlineSeconds, tolerations, schedulingGates } as Partial<PodSpec>),
    ...(graceMayChange ? { terminationGracePeriodSeconds: grace } : {}),
  };
}

function withImages(next: PodSpec, current: PodSpec): Partial<PodSpec> {
  return Object.fromEntries(
    CONTAINER_LISTS.filter((list) => next[list] !== undefined).map((list) => [
      list,
      next[list]?.map((container, index) => withImage(container, current[list]?.[index])) ?? null,
    ]),
  );
}

function withImage(container: Container, { image }: Pick<Container, 'image'> = {}): Container {
  return image === undefined ? container : { ...container, image };
}

/** Faults of what a kubelet reports. */
export function podStatusUpdateFaults(next: PodStatus, current: PodStatus): readonly FieldError[] {
  const { qosClass, podIPs = [] } = next;
  const detail = 'must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)';
  return [
    ...faultIf(
      qosClass !== current.qosClass,
      invalidValue('status.qosClass', qosClass ?? '', 'field is immutable'),
    ),
    ...podIPs.flatMap(({ ip }, index) =>
      faultIf(!isIpAddress(ip), invalidValue(`status.podIPs[${index}]`, ip, detail)),
    ),
  ];
}
