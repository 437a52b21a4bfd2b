import {
  type FieldError,
  faultIf,
  forbidden,
  invalidFor,
  invalidValue,
  oneOf,
} from '../../errors/field-error.js';
import { dnsLabelFaults, dnsSubdomainFaults } from '../../objects/name-rules.js';
import { labelFaults, objectMetaFaults, SUBDOMAIN_NAME } from '../object-meta-rules.js';
import { containersFaults } from './container-validation.js';
import type { Pod, PodSpec } from './pod.js';
import { tolerationFaults } from './toleration-validation.js';
import { volumeFaults } from './volume-validation.js';

const RESTART_POLICIES = ['Always', 'OnFailure', 'Never'];
const DNS_POLICIES = ['ClusterFirstWithHostNet', 'ClusterFirst', 'Default', 'None'];
const MAX_INT32 = 2 ** 31 - 1;

/** Faults of a new pod, in the order and the words of the real API server. */
export function podFaults({ metadata, spec }: Pod): readonly FieldError[] {
  const debugged = spec.ephemeralContainers !== undefined;
  return [
    ...objectMetaFaults(metadata, SUBDOMAIN_NAME),
    ...specFaults(spec),
    ...faultIf(debugged, forbidden('spec.ephemeralContainers', 'cannot be set on create')),
  ];
}

function specFaults(spec: PodSpec): readonly FieldError[] {
  return [
    ...volumeFaults(spec.volumes ?? []),
    ...containersFaults(spec),
    ...oneOf('spec.restartPolicy', spec.restartPolicy, RESTART_POLICIES),
    ...oneOf('spec.dnsPolicy', spec.dnsPolicy, DNS_POLICIES),
    ...labelFaults(spec.nodeSelector ?? {}, 'spec.nodeSelector'),
    ...nameFaults('spec.serviceAccountName', spec.serviceAccountName, dnsSubdomainFaults),
    ...nameFaults('spec.nodeName', spec.nodeName, dnsSubdomainFaults),
    ...deadlineFaults(spec.activeDeadlineSeconds),
    ...nameFaults('spec.hostname', spec.hostname, dnsLabelFaults),
    ...nameFaults('spec.subdomain', spec.subdomain, dnsLabelFaults),
    ...tolerationFaults(spec.tolerations ?? []),
  ];
}

function nameFaults(
  field: string,
  name: string | undefined,
  rule: (text: string) => readonly string[],
): readonly FieldError[] {
  return name === undefined ? [] : invalidFor(field, name, rule(name));
}

/** Faults of the time that a pod may take, in seconds. */
export function deadlineFaults(seconds: number | undefined): readonly FieldError[] {
  if (seconds === undefined) return [];
  const detail = `must be between 1 and ${MAX_INT32}, inclusive`;
  return faultIf(
    seconds < 1 || seconds > MAX_INT32,
    invalidValue('spec.activeDeadlineSeconds', seconds, detail),
  );
}
