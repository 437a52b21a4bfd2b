import { describe, expect, it } from 'vitest';
import type { Affinity, NodeSelectorTerm, Taint, Toleration } from '../client/objects.js';
import { type Candidate, place } from './placement.js';
import type { NodeView } from './views.js';

function aNode(name: string, overrides: Partial<NodeView> = {}, pods = 0): Candidate {
  const node = {
    name,
    labels: { 'kubernetes.io/hostname': name },
    ready: true,
    unschedulable: false,
    taints: [],
    allocatable: { pods: '110' },
    ...overrides,
  };
  return { node, pods };
}

function requiring(...nodeSelectorTerms: NodeSelectorTerm[]): { affinity: Affinity } {
  return {
    affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms } } },
  };
}

describe('place', () => {
  it('prefers the node with the fewest pods, then the first by name', () => {
    expect(place({}, [aNode('b', {}, 1), aNode('c', {}, 0), aNode('a', {}, 1)])).toEqual({ nodeName: 'c' });
    expect(place({}, [aNode('b'), aNode('a')])).toEqual({ nodeName: 'a' });
  });

  it('says why each node cannot take the pod', () => {
    const placement = place({ nodeSelector: { disk: 'ssd' } }, [
      aNode('a', { ready: false }),
      aNode('b', { unschedulable: true }),
      aNode('c', { taints: [{ key: 'gpu', value: 'yes', effect: 'NoSchedule' }] }),
      aNode('d'),
      aNode('e', { labels: { disk: 'hdd' } }),
      aNode('f', { labels: { disk: 'ssd' } }, 110),
    ]);

    expect(placement).toEqual({
      unschedulable:
        "0/6 nodes are available: 1 Too many pods, 1 node(s) had untolerated taint {gpu: yes}, 1 node(s) were not ready, 1 node(s) were unschedulable, 2 node(s) didn't match Pod's node affinity/selector.",
    });
    expect(place({}, [])).toEqual({ unschedulable: 'no nodes available to schedule pods' });
  });

  it('goes to a cordoned node only when it tolerates that', () => {
    const tolerations = [{ key: 'node.kubernetes.io/unschedulable', operator: 'Exists' }];
    const candidates = [aNode('a', { unschedulable: true })];

    expect(place({}, candidates)).toHaveProperty('unschedulable');
    expect(place({ tolerations }, candidates)).toEqual({ nodeName: 'a' });
  });

  it("takes a ready node although nobody has taken the API server's first taint away", () => {
    const taints = [{ key: 'node.kubernetes.io/not-ready', effect: 'NoSchedule' }];

    expect(place({}, [aNode('a', { taints })])).toEqual({ nodeName: 'a' });
  });

  it.each<[string, Taint, Toleration, boolean]>([
    ['an equal value', taint('NoSchedule'), { key: 'k', value: 'v', effect: 'NoSchedule' }, true],
    ['every effect', taint('NoExecute'), { key: 'k', operator: 'Equal', value: 'v' }, true],
    ['every value', taint('NoSchedule'), { key: 'k', operator: 'Exists' }, true],
    ['everything', taint('NoSchedule'), { operator: 'Exists' }, true],
    ['another value', taint('NoSchedule'), { key: 'k', value: 'w' }, false],
    ['another effect', taint('NoSchedule'), { key: 'k', operator: 'Exists', effect: 'NoExecute' }, false],
    ['another key', taint('NoSchedule'), { key: 'l', operator: 'Exists' }, false],
    ['no key and no operator', taint('NoSchedule'), { value: 'v' }, false],
  ])('judges a toleration of %s', (_what, taint, toleration, fits) => {
    const placement = place({ tolerations: [toleration] }, [aNode('a', { taints: [taint] })]);

    expect('nodeName' in placement).toBe(fits);
  });

  it('is not kept away by a taint that only asks', () => {
    expect(place({}, [aNode('a', { taints: [taint('PreferNoSchedule')] })])).toEqual({ nodeName: 'a' });
  });

  it.each<[string, NodeSelectorTerm[], boolean]>([
    ['one of several terms', [expression('zone', 'In', ['x']), expression('zone', 'In', ['y'])], true],
    ['all of a term', [{ matchExpressions: [one('zone', 'Exists'), one('cores', 'Gt', ['8'])] }], false],
    ['a number', [expression('cores', 'Lt', ['9'])], true],
    ['a number where there is none', [expression('zone', 'Gt', ['1'])], false],
    ['a missing label', [expression('gone', 'NotIn', ['x']), expression('gone', 'DoesNotExist')], true],
    ['the name', [{ matchFields: [one('metadata.name', 'In', ['a'])] }], true],
    ['nothing', [{}], false],
  ])('requires of a node %s', (_what, terms, fits) => {
    const node = aNode('a', { labels: { zone: 'y', cores: '8' } });

    expect('nodeName' in place(requiring(...terms), [node])).toBe(fits);
  });

  it('does not break a rule that it cannot judge', () => {
    const affinity = { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [{}] } };

    expect(place({ affinity }, [aNode('a')])).toMatchObject({
      unschedulable: expect.stringContaining('pod (anti-)affinity is not offered here'),
    });
    expect(place({ topologySpreadConstraints: [{}] }, [aNode('a')])).toMatchObject({
      unschedulable: expect.stringContaining('topology spread is not offered here'),
    });
    expect(
      place({ topologySpreadConstraints: [{ whenUnsatisfiable: 'ScheduleAnyway' }] }, [aNode('a')]),
    ).toEqual({ nodeName: 'a' });
  });
});

function taint(effect: string): Taint {
  return { key: 'k', value: 'v', effect };
}

function one(key: string, operator: string, values: string[] = []) {
  return { key, operator, values };
}

function expression(key: string, operator: string, values: string[] = []): NodeSelectorTerm {
  return { matchExpressions: [one(key, operator, values)] };
}
