import { describe, expect, it } from 'vitest';
import { expandVariables } from './expand-variables.js';

const variables = new Map([
  ['NAME', 'web'],
  ['EMPTY', ''],
  ['DOLLAR', '$(NAME)'],
]);

describe('expandVariables', () => {
  it.each([
    ['plain', 'plain'],
    ['$(NAME)-$(NAME)', 'web-web'],
    ['[$(EMPTY)]', '[]'],
    ['$(UNKNOWN)', '$(UNKNOWN)'],
    ['$$(NAME)', '$(NAME)'],
    ['$$$(NAME)', '$web'],
    ['$NAME {NAME} $', '$NAME {NAME} $'],
    ['$(NAME', '$(NAME'],
    ['$(DOLLAR)', '$(NAME)'],
  ])('makes of %j the text %j', (text, expanded) => {
    expect(expandVariables(text, variables)).toBe(expanded);
  });
});
