import { describe, expect, it } from 'vitest';
import {
  createNodePolicyRequest,
  nodePolicyView,
  withoutReadOnlyKeys as withoutReadOnlyPolicyKeys,
} from '../../manager/features/node-policies/node-policy-schemas.js';
import {
  createRoleRequest,
  roleView,
  withoutReadOnlyKeys as withoutReadOnlyRoleKeys,
} from '../../manager/features/roles/role-schemas.js';
import {
  createStrategyRequest,
  strategyView,
  withoutReadOnlyKeys,
} from '../../manager/features/strategies/strategy-schemas.js';
import { DEFAULT_PRIORITY } from '../../shared/domain/scheduling-values.js';
import { nodePolicyKind } from './node-policy-kind.js';
import { wantedOf } from './resource-kind.js';
import { roleKind } from './role-kind.js';
import { strategyKind } from './strategy-kind.js';

const priority = DEFAULT_PRIORITY;
const kinds = [
  {
    kind: strategyKind,
    defaults: { ...createStrategyRequest.parse({}), priority },
    answerKeys: Object.keys(strategyView.shape),
    unlessReadOnly: withoutReadOnlyKeys,
  },
  {
    kind: nodePolicyKind,
    defaults: { ...createNodePolicyRequest.parse({}), priority },
    answerKeys: Object.keys(nodePolicyView.shape),
    unlessReadOnly: withoutReadOnlyPolicyKeys,
  },
  {
    kind: roleKind,
    defaults: createRoleRequest.parse({}),
    answerKeys: Object.keys(roleView.shape),
    unlessReadOnly: withoutReadOnlyRoleKeys,
  },
];

describe.each(kinds)('what is known of a $kind.noun', ({ kind, defaults, answerKeys, unlessReadOnly }) => {
  it('is every field that the API takes, with its default', () => {
    expect(wantedOf(kind, {}, true).spec).toEqual(defaults);
  });

  it('is every key of an answer', () => {
    const answer = Object.fromEntries(answerKeys.map((key) => [key, '']));

    expect(wantedOf(kind, answer).unknownKeys).toEqual([]);
    expect(unlessReadOnly([...kind.readOnlyKeys])).toEqual([]);
  });
});
