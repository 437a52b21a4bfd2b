import { textOf } from '../client/answers.js';
import { EXIT } from '../exit-codes.js';
import type { Change } from './changes.js';
import type { PlannedStep } from './plan.js';

/** What became of one document, as `-o json` and `-o yaml` print it. */
export interface Outcome {
  readonly place: string;
  readonly name: string;
  readonly id?: string;
  readonly action: 'created' | 'changed' | 'unchanged' | 'failed' | 'would create' | 'would change';
  readonly changes?: readonly Change[];
  readonly error?: string;
  readonly requestId?: string;
  /** Of the failure; not printed. */
  readonly exitCode?: number;
}

/** What would become of a document if it were applied, as far as that can be said without the server. */
export function wouldBe(step: PlannedStep): Outcome {
  const named = { place: step.manifest.place, name: step.label };
  switch (step.action) {
    case 'unchanged':
      return { ...named, id: textOf(step.existing, 'id'), action: 'unchanged' };
    case 'refused':
      return { ...named, action: 'failed', error: `${named.place}: ${step.reason}`, exitCode: EXIT.usage };
    case 'create':
      return { ...named, action: 'would create', changes: step.changes };
    case 'change':
      return { ...named, id: textOf(step.existing, 'id'), action: 'would change', changes: step.changes };
  }
}
