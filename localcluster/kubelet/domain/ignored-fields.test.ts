import { describe, expect, it } from 'vitest';
import { ignoredFields } from './ignored-fields.js';

describe('ignoredFields', () => {
  it('names everything that has no effect here', () => {
    const main = {
      name: 'main',
      livenessProbe: { exec: {} },
      lifecycle: { preStop: {} },
      resources: { limits: { cpu: 1 } },
    };
    const spec = {
      activeDeadlineSeconds: 5,
      volumes: [{ name: 'data' }, { name: 'kube-api-access-x1z' }],
      securityContext: { fsGroup: 1 },
      initContainers: [{ name: 'init', securityContext: { runAsUser: 7 } }],
      containers: [main],
    };

    expect(ignoredFields({ spec })).toEqual([
      'volumes (data)',
      'activeDeadlineSeconds',
      'securityContext',
      'securityContext of container init',
      'livenessProbe of container main',
      'lifecycle of container main',
      'resources.limits of container main',
    ]);
  });

  it('is empty for what a plain pod has', () => {
    const spec = {
      volumes: [{ name: 'kube-api-access-x1z' }],
      securityContext: {},
      containers: [{ name: 'main', resources: { requests: { cpu: 1 }, limits: {} } }],
    };

    expect(ignoredFields({ spec })).toEqual([]);
  });
});
