import { badRequest } from '../errors/refusals.js';

export interface FieldRequirement {
  readonly field: string;
  readonly equal: boolean;
  readonly value: string;
}

/** `field=value`, `field==value` or `field!=value`; a backslash keeps a sign from being one. */
const REQUIREMENT = /^(?<field>(?:[^\\=!]|\\.)*)(?<operator>!=|==?)(?<value>.*)$/s;

/** Reads a `fieldSelector` query parameter: requirements joined by commas. Throws a 400 refusal. */
export function parseFieldSelector(text: string): readonly FieldRequirement[] {
  return splitUnescaped(text)
    .filter((part) => part !== '')
    .map((part) => {
      const groups = REQUIREMENT.exec(part)?.groups;
      if (groups === undefined) throw badRequest(`invalid selector: '${text}'; can't understand '${part}'`);
      return {
        field: groups.field ?? '',
        equal: groups.operator !== '!=',
        value: (groups.value ?? '').replace(/\\([\\,=])/g, '$1'),
      };
    });
}

function splitUnescaped(text: string): readonly string[] {
  return text.match(/(?:[^\\,]|\\.)+/gs) ?? [];
}
