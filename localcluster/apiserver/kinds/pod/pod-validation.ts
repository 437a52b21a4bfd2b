import { duplicate, type FieldError, forbidden, invalidValue, required } from '../../errors/field-error.js';
import {
  dnsLabelFaults,
  dnsSubdomainFaults,
  labelValueFaults,
  qualifiedNameFaults,
} from '../../objects/name-rules.js';
import { labelFaults, objectMetaFaults, SUBDOMAIN_NAME } from '../object-meta-rules.js';
import { containersFaults, oneOf } from './container-validation.js';
import type { Pod, PodSpec, Toleration, Volume } from './pod.js';

const RESTART_POLICIES = ['Always', 'OnFailure', 'Never'];
const DNS_POLICIES = ['ClusterFirstWithHostNet', 'ClusterFirst', 'Default', 'None'];
const TAINT_EFFECTS = ['NoSchedule', 'PreferNoSchedule', 'NoExecute'];
const TOLERATION_OPERATORS = ['Equal', 'Exists'];
const MAX_INT32 = 2 ** 31 - 1;

/** Faults of a new pod, in the order and the words of the real API server. */
export function podFaults(pod: Pod): readonly FieldError[] {
  return [
    ...objectMetaFaults(pod.metadata, SUBDOMAIN_NAME),
    ...podSpecFaults(pod.spec),
    ...(pod.spec.ephemeralContainers === undefined
      ? []
      : [forbidden('spec.ephemeralContainers', 'cannot be set on create')]),
  ];
}

function podSpecFaults(spec: PodSpec): readonly FieldError[] {
  return [
    ...volumeFaults(spec.volumes ?? []),
    ...containersFaults(spec),
    ...oneOf(spec.restartPolicy, RESTART_POLICIES, 'spec.restartPolicy'),
    ...oneOf(spec.dnsPolicy, DNS_POLICIES, 'spec.dnsPolicy'),
    ...labelFaults(spec.nodeSelector ?? {}, 'spec.nodeSelector'),
    ...named(spec, 'serviceAccountName', dnsSubdomainFaults),
    ...named(spec, 'nodeName', dnsSubdomainFaults),
    ...deadlineFaults(spec.activeDeadlineSeconds),
    ...named(spec, 'hostname', dnsLabelFaults),
    ...named(spec, 'subdomain', dnsLabelFaults),
    ...tolerationFaults(spec.tolerations ?? []),
  ];
}

function named(
  spec: PodSpec,
  key: 'serviceAccountName' | 'nodeName' | 'hostname' | 'subdomain',
  rule: (text: string) => readonly string[],
): readonly FieldError[] {
  const name = spec[key] ?? '';
  return name === '' ? [] : rule(name).map((fault) => invalidValue(`spec.${key}`, name, fault));
}

export function deadlineFaults(seconds: number | undefined): readonly FieldError[] {
  if (seconds === undefined || (seconds >= 1 && seconds <= MAX_INT32)) return [];
  return [
    invalidValue('spec.activeDeadlineSeconds', seconds, `must be between 1 and ${MAX_INT32}, inclusive`),
  ];
}

function volumeFaults(volumes: readonly Volume[]): readonly FieldError[] {
  const names = new Set<string>();
  return volumes.flatMap((volume, index) => {
    const field = `spec.volumes[${index}]`;
    const twin = names.has(volume.name);
    names.add(volume.name);
    return [
      ...sourceFaults(volume, field),
      ...(volume.name === '' ? [required(`${field}.name`)] : []),
      ...(volume.name === '' ? [] : dnsLabelFaults(volume.name)).map((fault) =>
        invalidValue(`${field}.name`, volume.name, fault),
      ),
      ...(twin ? [duplicate(`${field}.name`, volume.name)] : []),
    ];
  });
}

function sourceFaults(volume: Volume, field: string): readonly FieldError[] {
  const sources = Object.keys(volume).filter((key) => key !== 'name');
  const hostPath = volume.hostPath as { readonly path: string } | undefined;
  return [
    ...sources.slice(1).map((key) => forbidden(`${field}.${key}`, 'may not specify more than 1 volume type')),
    ...(hostPath?.path === '' ? [required(`${field}.hostPath.path`)] : []),
  ];
}

export function tolerationFaults(tolerations: readonly Toleration[]): readonly FieldError[] {
  return tolerations.flatMap((toleration, index) => {
    const { key = '', operator = 'Equal', value = '', effect, tolerationSeconds } = toleration;
    const field = `spec.tolerations[${index}]`;
    return [
      ...(key === '' ? [] : qualifiedNameFaults(key)).map((fault) =>
        invalidValue(`${field}.key`, key, fault),
      ),
      ...(key === '' && operator !== 'Exists'
        ? [
            invalidValue(
              `${field}.operator`,
              toleration.operator ?? '',
              'operator must be Exists when `key` is empty, which means "match all values and all keys"',
            ),
          ]
        : []),
      ...(tolerationSeconds !== undefined && effect !== 'NoExecute'
        ? [
            invalidValue(
              `${field}.effect`,
              effect ?? '',
              "effect must be 'NoExecute' when `tolerationSeconds` is set",
            ),
          ]
        : []),
      ...(operator === 'Exists' && value !== ''
        ? [invalidValue(`${field}.operator`, value, "value must be empty when `operator` is 'Exists'")]
        : []),
      ...(operator === 'Equal' ? labelValueFaults(value) : []).map((fault) =>
        invalidValue(`${field}.operator`, value, fault),
      ),
      ...oneOf(operator, TOLERATION_OPERATORS, `${field}.operator`),
      ...oneOf(effect, TAINT_EFFECTS, `${field}.effect`),
    ];
  });
}
