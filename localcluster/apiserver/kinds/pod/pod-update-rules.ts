import { isDeepStrictEqual } from 'node:util';
import { type FieldError, forbidden, invalidValue, required } from '../../errors/field-error.js';
import { objectMetaFaults, SUBDOMAIN_NAME } from '../object-meta-rules.js';
import type { Container, Pod, PodSpec, PodStatus } from './pod.js';
import { deadlineFaults, tolerationFaults } from './pod-validation.js';

const MUTABLE =
  'pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,' +
  '`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),' +
  '`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)';

/** Faults of an update: almost all of a pod's specification is settled when it is created. */
export function podUpdateFaults(next: Pod, current: Pod): readonly FieldError[] {
  const added = containerCountFaults(next.spec, current.spec);
  if (added.length > 0) return added;
  return [
    ...objectMetaFaults(next.metadata, SUBDOMAIN_NAME),
    ...imageFaults(next.spec),
    ...deadlineUpdateFaults(next.spec.activeDeadlineSeconds, current.spec.activeDeadlineSeconds),
    ...tolerationUpdateFaults(next.spec, current.spec),
    ...gateFaults(next.spec, current.spec),
    ...settledFaults(next.spec, current.spec),
  ];
}

function containerCountFaults(next: PodSpec, current: PodSpec): readonly FieldError[] {
  return (['containers', 'initContainers'] as const)
    .filter((list) => (next[list]?.length ?? 0) !== (current[list]?.length ?? 0))
    .map((list) => forbidden(`spec.${list}`, 'pod updates may not add or remove containers'));
}

function imageFaults(spec: PodSpec): readonly FieldError[] {
  return (['containers', 'initContainers'] as const).flatMap((list) =>
    (spec[list] ?? []).flatMap(({ image = '' }, index) => {
      const field = `spec.${list}[${index}].image`;
      if (image === '') return [required(field)];
      return image.trim() === image
        ? []
        : [invalidValue(field, image, 'must not have leading or trailing whitespace')];
    }),
  );
}

function deadlineUpdateFaults(next: number | undefined, current: number | undefined): readonly FieldError[] {
  const field = 'spec.activeDeadlineSeconds';
  if (current === undefined) return deadlineFaults(next);
  if (next === undefined)
    return [invalidValue(field, null, 'must not update from a positive integer to nil value')];
  if (next > current) return [invalidValue(field, next, 'must be less than or equal to previous value')];
  return deadlineFaults(next);
}

/** Tolerations may be added; of those that are there, only the time may change. */
function tolerationUpdateFaults(next: PodSpec, current: PodSpec): readonly FieldError[] {
  const { tolerations: after = [] } = next;
  const lost = (current.tolerations ?? []).some(
    (before) =>
      !after.some((toleration) =>
        isDeepStrictEqual({ ...toleration, tolerationSeconds: 0 }, { ...before, tolerationSeconds: 0 }),
      ),
  );
  if (lost) {
    return [
      forbidden('spec.tolerations', 'existing toleration can not be modified except its tolerationSeconds'),
    ];
  }
  return tolerationFaults(after);
}

function gateFaults(next: PodSpec, current: PodSpec): readonly FieldError[] {
  const before = new Set(current.schedulingGates?.map(({ name }) => name));
  const added = (next.schedulingGates ?? []).filter(({ name }) => !before.has(name));
  return added.length === 0
    ? []
    : [
        forbidden(
          'spec.schedulingGates',
          `only deletion is allowed, but found new scheduling gate '${added[0]?.name}'`,
        ),
      ];
}

/** The real API server adds a dump of both specifications here; this one names what differs. */
function settledFaults(next: PodSpec, current: PodSpec): readonly FieldError[] {
  const settled = withMutable(next, current);
  const changed = [...new Set([...Object.keys(settled), ...Object.keys(current)])].filter(
    (key) => !isDeepStrictEqual(settled[key as keyof PodSpec], current[key as keyof PodSpec]),
  );
  return changed.length === 0 ? [] : [forbidden('spec', `${MUTABLE}\nchanged: ${changed.join(', ')}`)];
}

/** The new specification with everything that may change taken from the current one. */
function withMutable(next: PodSpec, current: PodSpec): PodSpec {
  const grace = current.terminationGracePeriodSeconds ?? 0;
  const graceMayChange = grace < 0 && next.terminationGracePeriodSeconds === 1;
  return {
    ...next,
    ...images(next, current),
    ...pick(current, 'activeDeadlineSeconds'),
    ...pick(current, 'tolerations'),
    ...pick(current, 'schedulingGates'),
    ...(graceMayChange ? { terminationGracePeriodSeconds: grace } : {}),
  };
}

function pick<K extends keyof PodSpec>(spec: PodSpec, key: K): { readonly [key in K]?: PodSpec[K] } {
  return { [key]: spec[key] } as { readonly [key in K]?: PodSpec[K] };
}

function images(next: PodSpec, current: PodSpec): Pick<PodSpec, 'containers' | 'initContainers'> {
  const withImages = (after: readonly Container[], before: readonly Container[]) =>
    after.map((container, index) => ({ ...container, ...image(before[index]) }));
  return {
    containers: next.containers && withImages(next.containers, current.containers ?? []),
    ...(next.initContainers && {
      initContainers: withImages(next.initContainers, current.initContainers ?? []),
    }),
  };
}

function image(container: Container | undefined): { readonly image?: string } {
  return container?.image === undefined ? {} : { image: container.image };
}

/** An IPv4 or IPv6 address, roughly: enough to refuse what is none. */
const IP = /^(?:\d{1,3}(?:\.\d{1,3}){3}|[0-9a-fA-F:.]*:[0-9a-fA-F:.]*)$/;

export function podStatusUpdateFaults(next: PodStatus, current: PodStatus): readonly FieldError[] {
  return [
    ...(next.qosClass === current.qosClass
      ? []
      : [invalidValue('status.qosClass', next.qosClass ?? '', 'field is immutable')]),
    ...(next.podIPs ?? []).flatMap(({ ip }, index) =>
      IP.test(ip)
        ? []
        : [
            invalidValue(
              `status.podIPs[${index}]`,
              ip,
              'must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)',
            ),
          ],
    ),
  ];
}
