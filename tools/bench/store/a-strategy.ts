import type { Strategy } from '../../../manager/domain/strategy.js';

const OWNER = '1'.repeat(24);

export function strategyNumber(index: number): Strategy {
  return {
    id: index.toString(16).padStart(24, '0'),
    ownerId: OWNER,
    createdTime: 1_700_000_000_000 + index,
    updatedTime: 1_700_000_000_000 + index,
    revision: 1,
    spec: {
      name: `strategy-${index}`,
      description: 'kept by the benchmark',
      strategyNamespace: 'team',
      labelSelectors: [{ key: 'app', operator: 'In', values: [`app-${index}`] }],
      k8sNamespace: ['shop'],
      commandRegex: '^nginx',
      commandTarget: 'comm',
      containerNames: [],
      priority: 3,
      executionTime: 5_000_000,
      precedence: 0,
      threads: false,
      enabled: true,
      expiresAt: undefined,
      allPods: false,
    },
  };
}
