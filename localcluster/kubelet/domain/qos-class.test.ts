import { describe, expect, it } from 'vitest';
import type { Resources } from '../../client/objects.js';
import { qosClass } from './qos-class.js';
import { quantityValue } from './quantity.js';

const spec = (...resources: Resources[]) => ({
  containers: resources.map((resources, index) => ({ name: `c${index}`, resources })),
});

describe('qosClass', () => {
  it('is BestEffort when nothing names CPU or memory', () => {
    expect(qosClass(spec({}, { requests: { 'example.com/gpu': 1, cpu: 0 } }))).toBe('BestEffort');
  });

  it('is Guaranteed when every container has as much as it may use', () => {
    const limits = { cpu: '1', memory: '1Gi' };

    expect(qosClass(spec({ limits }, { limits, requests: { cpu: '1000m', memory: 2 ** 30 } }))).toBe(
      'Guaranteed',
    );
  });

  it.each<[string, Resources[]]>([
    ['a request without a limit', [{ requests: { cpu: '1' } }]],
    ['a limit of one resource', [{ limits: { cpu: '1' } }]],
    ['a request below the limit', [{ limits: { cpu: 1, memory: 1 }, requests: { cpu: '500m', memory: 1 } }]],
    ['a container without any', [{ limits: { cpu: 1, memory: 1 } }, {}]],
  ])('is Burstable with %s', (_what, resources) => {
    expect(qosClass(spec(...resources))).toBe('Burstable');
  });

  it('counts init containers', () => {
    const limits = { cpu: 1, memory: 1 };
    const initContainers = [{ name: 'init', resources: { requests: { cpu: 1 } } }];

    expect(qosClass({ ...spec({ limits }), initContainers })).toBe('Burstable');
  });
});

describe('quantityValue', () => {
  it.each([
    ['700m', 0.7],
    ['0.7', 0.7],
    ['1.5Gi', 1.5 * 2 ** 30],
    ['2e3', 2_000],
    ['128974848', 128_974_848],
    ['5k', 5_000],
    ['100n', 1e-7],
    [3, 3],
  ])('reads %s', (text, value) => {
    expect(quantityValue(text)).toBe(value);
  });

  it.each(['', 'x', '1 Gi', '1Kb', '--1'])('has no value for %j', (text) => {
    expect(quantityValue(text)).toBeNaN();
  });
});
