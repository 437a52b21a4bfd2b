import { describe, expect, it } from 'vitest';
import { diffLines } from './changes.js';
import type { Manifest } from './manifest.js';
import { nodePolicyKind } from './node-policy-kind.js';
import { missingIds, type PlannedStep, planApply } from './plan.js';
import { roleKind } from './role-kind.js';
import { strategyKind } from './strategy-kind.js';

const ID = '0123456789abcdef01234567';
const OTHER_ID = '76543210fedcba9876543210';

function manifests(...values: readonly object[]): readonly Manifest[] {
  return values.map((value, index) => ({
    value: { ...value },
    place: `file:${index + 1}`,
    placeOf: () => `file:${index + 1}`,
  }));
}

function inShort(steps: readonly PlannedStep[]) {
  return steps.map((step) => ({
    action: step.action,
    ...(step.action === 'refused' ? { reason: step.reason } : {}),
    ...('changes' in step
      ? { lines: step.changes.flatMap(diffLines).map(({ sign, text }) => `${sign} ${text}`) }
      : {}),
  }));
}

/** As the server shows it, in both spellings. */
const existing = {
  ID,
  Priority: 3,
  id: ID,
  name: 'web',
  labelSelectors: [{ key: 'app', value: 'web', operator: 'In', values: ['web'] }],
  k8sNamespace: ['shop'],
  priority: 3,
  commandTarget: 'comm',
  enabled: true,
  expiresAt: '',
  revision: 4,
  matchedPods: 2,
};

describe('planApply of strategies', () => {
  it('leaves alone what is so already, however it is written', () => {
    const documents = manifests(
      { name: 'web', LABELSELECTORS: [{ Key: 'app', Value: 'web' }], k8sNamespaces: ['shop'], priority: 3 },
      { ...existing },
      { ...existing, id: OTHER_ID, ID: OTHER_ID, expiresAt: '2027-01-01T01:00:00+01:00' },
    );
    const other = { ...existing, id: OTHER_ID, name: 'web', expiresAt: '2027-01-01T00:00:00.000Z' };

    expect(inShort(planApply(strategyKind, documents.slice(0, 1), [existing]))).toEqual([
      { action: 'unchanged' },
    ]);
    expect(inShort(planApply(strategyKind, documents.slice(1), [existing, other]))).toEqual([
      { action: 'unchanged' },
      { action: 'unchanged' },
    ]);
  });

  it('shows what changes; what is left out gets its default', () => {
    const document = { name: 'web', k8sNamespace: ['shop', 'front'], commandRegex: '^nginx', priority: 3 };

    expect(inShort(planApply(strategyKind, manifests(document), [existing]))).toEqual(
      [
        {
          action: 'change',
          lines: [
            '- labelSelectors: {"key":"app","operator":"In","values":["web"]}',
            '+ k8sNamespace: "front"',
            '- commandRegex: ""',
            '+ commandRegex: "^nginx"',
          ].toSorted((a, b) => a.localeCompare(b)),
        },
      ].map(({ action, lines }) => ({ action, lines: expect.arrayContaining(lines) })),
    );
  });

  it('creates what is not there, and shows what of it is not the default', () => {
    expect(
      inShort(planApply(strategyKind, manifests({ name: 'db', priority: 10, precedence: 5 }), [existing])),
    ).toEqual([{ action: 'create', lines: ['+ name: "db"', '+ precedence: 5'] }]);
  });

  it('finds by id first, so that a name can be changed', () => {
    expect(inShort(planApply(strategyKind, manifests({ ...existing, name: 'front' }), [existing]))).toEqual([
      { action: 'change', lines: ['- name: "web"', '+ name: "front"'] },
    ]);
  });

  it('tells a key that nobody knows, as a change', () => {
    const [step] = planApply(strategyKind, manifests({ ...existing, prioritee: 1 }), [existing]);

    expect(step).toMatchObject({ action: 'change', wanted: { unknownKeys: ['prioritee'] } });
  });

  it('refuses what would not be the same thing the next time', () => {
    const documents = manifests({ priority: 1 }, { name: 'db' }, { name: 'db' }, { id: OTHER_ID }, existing, {
      strategyID: ID,
    });

    expect(
      planApply(strategyKind, documents, [existing]).map((step) => ('reason' in step ? step.reason : '')),
    ).toEqual([
      expect.stringContaining('needs a name or an id'),
      '',
      expect.stringContaining('is the same strategy as file:2'),
      expect.stringContaining(`no strategy has the id "${OTHER_ID}"`),
      '',
      expect.stringContaining('is the same strategy as file:5'),
    ]);
    expect(missingIds(strategyKind, documents, [existing])).toEqual([OTHER_ID]);
  });
});

describe('planApply of roles', () => {
  const role = {
    id: ID,
    name: 'team',
    description: 'Team',
    rolePolicy: [
      {
        permissionKey: 'b',
        self: false,
        k8sNamespace: 'x,y',
        policyNamespace: '',
        k8sNamespaces: ['x', 'y'],
      },
      { permissionKey: 'a', self: true, k8sNamespace: '', policyNamespace: '' },
    ],
    revision: 1,
  };

  it('takes no right away by what a document does not name', () => {
    expect(inShort(planApply(roleKind, manifests({ name: 'team' }), [role]))).toEqual([
      { action: 'unchanged' },
    ]);
  });

  it('compares policies by what they mean', () => {
    const rolePolicies = [
      { permissionKey: 'a', self: true },
      { permissionKey: 'b', k8sNamespace: 'x, y', strongestPriority: 0 },
    ];

    expect(inShort(planApply(roleKind, manifests({ name: 'team', rolePolicies }), [role]))).toEqual([
      { action: 'unchanged' },
    ]);
  });

  it('shows the policies that come and go', () => {
    const rolePolicies = [{ permissionKey: 'a', self: true, strongestPriority: 5 }];

    expect(inShort(planApply(roleKind, manifests({ name: 'team', rolePolicies }), [role]))).toEqual([
      {
        action: 'change',
        lines: [
          expect.stringContaining('- rolePolicies: {"permissionKey":"a","self":true'),
          expect.stringContaining('- rolePolicies: {"permissionKey":"b"'),
          expect.stringContaining('"strongestPriority":5}'),
        ],
      },
    ]);
  });
});

describe('planApply of node policies', () => {
  it('finds one without an id by its being the same in everything', () => {
    const policy = { id: ID, nodeNames: ['node-1'], commandRegex: 'nginx', priority: 3 };

    expect(
      inShort(
        planApply(
          nodePolicyKind,
          manifests({ nodeNames: ['node-1'], commandRegex: 'nginx', priority: 3 }, { nodeNames: ['node-1'] }),
          [policy],
        ),
      ),
    ).toMatchObject([{ action: 'unchanged' }, { action: 'create' }]);
  });
});
