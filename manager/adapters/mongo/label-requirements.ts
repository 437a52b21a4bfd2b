import type { Document } from 'mongodb';
import {
  LABEL_OPERATORS,
  type LabelOperator,
  type LabelRequirement,
} from '../../../shared/domain/label-selector.js';
import { documents, text, texts } from './document-fields.js';

/** Our form, or the public pair `{key, value}`, in which an empty value asks for the key alone (contract 1.7). */
export function labelRequirements(value: unknown): readonly LabelRequirement[] {
  return documents(value)
    .map(labelRequirement)
    .filter(({ key }) => key !== '');
}

function labelRequirement(document: Document): LabelRequirement {
  const key = text(document.key);
  const operator = LABEL_OPERATORS.find((known: LabelOperator) => known === document.operator);
  if (operator !== undefined) return { key, operator, values: texts(document.values) };
  const value = text(document.value);
  return value === '' ? { key, operator: 'Exists', values: [] } : { key, operator: 'In', values: [value] };
}
