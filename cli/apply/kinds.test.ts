import { describe, expect, it } from 'vitest';
import {
  createStrategyRequest,
  strategyView,
  withoutReadOnlyKeys,
} from '../../manager/features/strategies/strategy-schemas.js';
import { DEFAULT_PRIORITY } from '../../shared/domain/scheduling-values.js';
import { wantedOf } from './resource-kind.js';
import { strategyKind } from './strategy-kind.js';

describe('strategyKind', () => {
  it('knows the fields and the defaults of the API', () => {
    const { spec } = wantedOf(strategyKind, {});

    expect(spec).toEqual({ ...createStrategyRequest.parse({}), priority: DEFAULT_PRIORITY });
  });

  it('knows every key of an answer', () => {
    const answer = Object.fromEntries(Object.keys(strategyView.shape).map((key) => [key, '']));

    expect(wantedOf(strategyKind, answer).unknownKeys).toEqual([]);
    expect(withoutReadOnlyKeys([...strategyKind.readOnlyKeys])).toEqual([]);
  });
});
