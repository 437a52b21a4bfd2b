import { describe, expect, it } from 'vitest';
import { duplicateFields } from './duplicate-fields.js';

describe('duplicateFields', () => {
  it.each([
    ['{}', []],
    ['{"a":1,"b":{"a":1}}', []],
    ['{"a":1,"a":2}', ['a']],
    [
      '{"metadata":{"name":"x","name":"y"},"spec":{"containers":[{"name":"a"},{"image":"b","image":"c"}]}}',
      ['metadata.name', 'spec.containers[1].image'],
    ],
    ['{"a":"{\\"b\\":1,\\"b\\":2}"}', []],
    ['{"a":["x","x"],"b":"a"}', []],
    ['{"a":1,"\\u0061":2}', ['a']],
    ['[1,2]', []],
    ['"a"', []],
  ])('finds in %s: %j', (json, expected) => {
    expect(duplicateFields(json)).toEqual(expected);
  });
});
