import { type FieldError, faultIf, invalidFor, invalidValue, required } from '../../errors/field-error.js';
import { environmentNameFaults } from '../../objects/name-rules.js';
import type { EnvironmentVariable } from './pod.js';

const SOURCE_MISSING =
  'must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef` or `secretKeyRef`';

/** Faults of a container's environment. */
export function environmentFaults(
  variables: readonly EnvironmentVariable[],
  field: string,
): readonly FieldError[] {
  return variables.flatMap((variable, index) => {
    const at = `${field}[${index}]`;
    const { name } = variable;
    return [
      ...faultIf(name === '', required(`${at}.name`)),
      ...(name === '' ? [] : invalidFor(`${at}.name`, name, environmentNameFaults(name))),
      ...sourceFaults(variable, `${at}.valueFrom`),
    ];
  });
}

function sourceFaults({ value = '', valueFrom }: EnvironmentVariable, field: string): readonly FieldError[] {
  if (valueFrom === undefined) return [];
  const path = valueFrom.fieldRef?.fieldPath;
  return [
    ...faultIf(value !== '', invalidValue(field, '', 'may not be specified when `value` is not empty')),
    ...faultIf(Object.keys(valueFrom).length === 0, invalidValue(field, '', SOURCE_MISSING)),
    ...(path === undefined ? [] : fieldPathFaults(path, `${field}.fieldRef.fieldPath`)),
  ];
}

/** The fields of a pod that its containers may read. */
const READABLE_FIELD = new RegExp(
  `^(${[
    'metadata\\.(name|namespace|uid|labels|annotations)',
    "metadata\\.(labels|annotations)\\['[^']+'\\]",
    'spec\\.(nodeName|serviceAccountName)',
    'status\\.(hostIPs?|podIPs?)',
  ].join('|')})$`,
);

function fieldPathFaults(path: string, field: string): readonly FieldError[] {
  if (path === '') return [required(field)];
  const detail = `error converting fieldPath: field label not supported: ${path}`;
  return faultIf(!READABLE_FIELD.test(path), invalidValue(field, path, detail));
}
