import { describe, expect, it } from 'vitest';
import { parseFieldSelector } from './field-selector.js';
import { matchesLabels, parseLabelSelector } from './label-selector.js';

function selects(selector: string, labels: Readonly<Record<string, string>>): boolean {
  return matchesLabels(parseLabelSelector(selector), { metadata: { labels } });
}

describe('parseLabelSelector', () => {
  it.each([
    ['', {}, true],
    ['app=web', { app: 'web' }, true],
    ['app == web', { app: 'web' }, true],
    ['app=web', { app: 'db' }, false],
    ['app!=web', {}, true],
    ['app!=web', { app: 'web' }, false],
    ['app in (web, db)', { app: 'db' }, true],
    ['app in ()', { app: '' }, true],
    ['app in (a,)', { app: '' }, true],
    ['app notin (web)', {}, true],
    ['app', { app: '' }, true],
    ['!app', { app: 'x' }, false],
    ['app=', { app: '' }, true],
    ['in in (in,notin)', { in: 'notin' }, true],
    ['app=web,tier notin (back),!old', { app: 'web', tier: 'front' }, true],
    ['app=web,tier notin (back),!old', { app: 'web', tier: 'back' }, false],
    ['example.com/a=b', { 'example.com/a': 'b' }, true],
  ])('%j on %j: %s', (selector, labels, expected) => {
    expect(selects(selector, labels as Record<string, string>)).toBe(expected);
  });

  it.each([
    ['app in (', "unable to parse requirement: found '', expected: ',', ')' or identifier"],
    ['app=x,', "found '', expected: identifier after ','"],
    [',', "found ',', expected: !, identifier, or 'end of string'"],
    ['=x', "found '=', expected: !, identifier, or 'end of string'"],
    ['a b', "unable to parse requirement: found 'b', expected: in, notin, =, ==, !=, gt, lt"],
    ['a=b c', "found 'c', expected: ',' or 'end of string'"],
  ])('refuses %j with the words of the real API server', (selector, message) => {
    expect(() => parseLabelSelector(selector)).toThrow(message);
  });

  it('refuses keys and values that no label can have', () => {
    expect(() => parseLabelSelector('a/b/c=x')).toThrow('Invalid value: "a/b/c"');
    expect(() => parseLabelSelector('a=b_')).toThrow('Invalid value: "b_"');
  });
});

describe('parseFieldSelector', () => {
  it('reads every form of comparison', () => {
    expect(
      parseFieldSelector('spec.nodeName=n1,status.phase!=Failed,metadata.name==a,status.podIP='),
    ).toEqual([
      { field: 'spec.nodeName', equal: true, value: 'n1' },
      { field: 'status.phase', equal: false, value: 'Failed' },
      { field: 'metadata.name', equal: true, value: 'a' },
      { field: 'status.podIP', equal: true, value: '' },
    ]);
    expect(parseFieldSelector('')).toEqual([]);
  });

  it('lets a value have commas and signs behind backslashes', () => {
    expect(parseFieldSelector('reason=a\\,b\\=c')).toEqual([
      { field: 'reason', equal: true, value: 'a,b=c' },
    ]);
  });

  it('refuses what is no comparison', () => {
    expect(() => parseFieldSelector('metadata.name')).toThrow(
      "invalid selector: 'metadata.name'; can't understand 'metadata.name'",
    );
  });
});
