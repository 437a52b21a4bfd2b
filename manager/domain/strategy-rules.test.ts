import { describe, expect, it } from 'vitest';
import { checkStrategy, type StrategyDraft } from './strategy-rules.js';

function aDraft(overrides: Partial<StrategyDraft> = {}): StrategyDraft {
  return {
    name: '',
    description: '',
    strategyNamespace: '',
    labelSelectors: [{ key: 'app', value: 'web' }],
    k8sNamespace: [],
    commandRegex: '',
    commandTarget: 'comm',
    containerNames: [],
    executionTime: 0,
    precedence: 0,
    threads: false,
    enabled: true,
    expiresAt: '',
    allPods: false,
    ...overrides,
  };
}

function specOf(overrides: Partial<StrategyDraft> = {}) {
  const checked = checkStrategy(aDraft(overrides));
  if (!checked.ok) throw new Error(JSON.stringify(checked.faults));
  return checked.spec;
}

function faultFields(overrides: Partial<StrategyDraft>): string[] {
  const checked = checkStrategy(aDraft(overrides));
  return checked.ok ? [] : checked.faults.map(({ field }) => field);
}

describe('checkStrategy', () => {
  it('gives a missing priority the default, and keeps an explicit 0 with a warning', () => {
    expect(specOf().priority).toBe(10);
    expect(checkStrategy(aDraft({ priority: 0 }))).toMatchObject({
      ok: true,
      spec: { priority: 0 },
      warnings: [expect.stringContaining('served as 1')],
    });
    expect(checkStrategy(aDraft({ priority: 1 }))).toMatchObject({ warnings: [] });
  });

  it.each([
    [
      { key: 'app', value: 'web' },
      { key: 'app', operator: 'In', values: ['web'] },
    ],
    [
      { key: 'app', value: '' },
      { key: 'app', operator: 'Exists', values: [] },
    ],
    [{ key: 'app' }, { key: 'app', operator: 'Exists', values: [] }],
    [
      { key: 'app', operator: 'NotIn' as const, values: ['a', 'b'] },
      { key: 'app', operator: 'NotIn', values: ['a', 'b'] },
    ],
    [
      { key: 'app', operator: 'DoesNotExist' as const },
      { key: 'app', operator: 'DoesNotExist', values: [] },
    ],
    [
      { key: 'app', value: 'web', operator: 'In' as const, values: ['web'] },
      { key: 'app', operator: 'In', values: ['web'] },
    ],
  ])('reads the selector %j', (selector, requirement) => {
    expect(specOf({ labelSelectors: [selector] }).labelSelectors).toEqual([requirement]);
  });

  it.each<[string, Partial<StrategyDraft>, string]>([
    ['an empty label key', { labelSelectors: [{ key: '', value: 'x' }] }, 'labelSelectors[0].key'],
    [
      'selector syntax in a value',
      { labelSelectors: [{ key: 'a', value: 'b,c' }] },
      'labelSelectors[0].value',
    ],
    [
      'a bad value among many',
      { labelSelectors: [{ key: 'a', operator: 'In', values: ['ok', 'not ok'] }] },
      'labelSelectors[0].values[1]',
    ],
    ['In without values', { labelSelectors: [{ key: 'a', operator: 'In' }] }, 'labelSelectors[0].values'],
    [
      'Exists with values',
      { labelSelectors: [{ key: 'a', operator: 'Exists', values: ['b'] }] },
      'labelSelectors[0].values',
    ],
    [
      'values without an operator',
      { labelSelectors: [{ key: 'a', values: ['b'] }] },
      'labelSelectors[0].values',
    ],
    [
      'a value that contradicts values',
      { labelSelectors: [{ key: 'a', value: 'x', operator: 'In', values: ['b'] }] },
      'labelSelectors[0].value',
    ],
    ['a namespace that is none', { k8sNamespace: ['ok', 'Not_OK'] }, 'k8sNamespace[1]'],
    ['a regex that does not compile', { commandRegex: '(' }, 'commandRegex'],
    ['a regex that RE2 does not know', { commandRegex: '(?=x)' }, 'commandRegex'],
    ['a regex that is too long', { commandRegex: 'x'.repeat(257) }, 'commandRegex'],
    ['a priority below 0', { priority: -1 }, 'priority'],
    ['a priority above 20', { priority: 21 }, 'priority'],
    ['a priority beyond a double', { priority: 2n ** 62n }, 'priority'],
    ['a slice below 100 µs', { executionTime: 99_999 }, 'executionTime'],
    ['a slice above 1 s', { executionTime: 1_000_000_001 }, 'executionTime'],
    ['a negative slice', { executionTime: -1 }, 'executionTime'],
    ['a huge precedence', { precedence: 1_000_001 }, 'precedence'],
    ['an expiry that is no time', { expiresAt: 'tomorrow' }, 'expiresAt'],
    ['an expiry that does not exist', { expiresAt: '2026-13-01T00:00:00Z' }, 'expiresAt'],
    ['an empty container name', { containerNames: [''] }, 'containerNames[0]'],
    ['a long name', { name: 'x'.repeat(129) }, 'name'],
    ['nothing that narrows it', { labelSelectors: [] }, 'allPods'],
  ])('refuses %s', (_title, overrides, field) => {
    expect(faultFields(overrides)).toEqual([field]);
  });

  it('lists every fault at once', () => {
    expect(
      faultFields({ priority: 99, commandRegex: '(', k8sNamespace: ['?'], executionTime: 1 }),
    ).toHaveLength(4);
  });

  it('takes the limits themselves', () => {
    expect(specOf({ priority: 20, executionTime: 100_000 })).toMatchObject({ priority: 20 });
    expect(specOf({ executionTime: 1_000_000_000 }).executionTime).toBe(1_000_000_000);
    expect(specOf({ labelSelectors: [], allPods: true }).allPods).toBe(true);
    expect(specOf({ labelSelectors: [], k8sNamespace: ['default'] }).k8sNamespace).toEqual(['default']);
  });

  it('reads the expiry with any offset', () => {
    expect(specOf({ expiresAt: '2026-01-01T01:00:00+01:00' }).expiresAt).toBe(Date.UTC(2026, 0, 1));
    expect(specOf().expiresAt).toBeUndefined();
  });
});
