import {
  duplicate,
  type FieldError,
  faultIf,
  forbidden,
  invalidFor,
  required,
} from '../../errors/field-error.js';
import { dnsLabelFaults } from '../../objects/name-rules.js';
import type { Volume } from './pod.js';

/** Faults of a pod's volumes. What is particular to a source is left to who mounts it. */
export function volumeFaults(volumes: readonly Volume[]): readonly FieldError[] {
  const names = new Set<string>();
  return volumes.flatMap((volume, index) => {
    const field = `spec.volumes[${index}]`;
    const { name } = volume;
    const isTwin = names.has(name);
    names.add(name);
    return [
      ...sourceFaults(volume, field),
      ...(name === ''
        ? [required(`${field}.name`)]
        : invalidFor(`${field}.name`, name, dnsLabelFaults(name))),
      ...faultIf(isTwin, duplicate(`${field}.name`, name)),
    ];
  });
}

function sourceFaults(volume: Volume, field: string): readonly FieldError[] {
  const [, ...others] = Object.keys(volume).filter((key) => key !== 'name');
  const hostPath = volume.hostPath as { readonly path: string } | undefined;
  return [
    ...others.map((key) => forbidden(`${field}.${key}`, 'may not specify more than 1 volume type')),
    ...faultIf(hostPath?.path === '', required(`${field}.hostPath.path`)),
  ];
}
