import { z } from '@hono/zod-openapi';
import { LABEL_OPERATORS, type LabelRequirement } from '../domain/label-selector.js';

/** A label selector of a strategy or a node policy, as people write it. */
export const labelSelectorRequest = z
  .object({
    key: z.string().default(''),
    value: z.string().optional().openapi({ description: 'Equality; empty or missing = the key exists' }),
    operator: z.enum(LABEL_OPERATORS).optional(),
    values: z.array(z.string()).optional(),
  })
  .openapi('LabelSelector');

export const labelSelectorView = z.object({
  key: z.string(),
  value: z.string().optional(),
  operator: z.enum(LABEL_OPERATORS),
  values: z.array(z.string()),
});

/** `value` stands where the condition can be said in the public form: one value, or none for "exists". */
export function toLabelSelectorView(requirement: LabelRequirement): z.output<typeof labelSelectorView> {
  const { key, operator, values } = requirement;
  const [first] = values;
  const isEquality = operator === 'In' && values.length === 1 && first !== undefined;
  return { key, ...(isEquality ? { value: first } : {}), operator, values: [...values] };
}
