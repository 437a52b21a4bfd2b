import { describe, expect, it } from 'vitest';
import { parseTokens, readTokenFile } from './token-file.js';

describe('parseTokens', () => {
  it('reads users with and without groups', () => {
    const find = parseTokens(
      '# people\nsecret,alice,1,"admins,devs"\n\nother,bob,2\nthird,carol,3,devs\n',
      'tokens',
    );

    expect(find('secret')).toEqual({ name: 'alice', groups: ['admins', 'devs'] });
    expect(find('other')).toEqual({ name: 'bob', groups: [] });
    expect(find('third')).toEqual({ name: 'carol', groups: ['devs'] });
    expect(find('')).toBeUndefined();
    expect(find('secre')).toBeUndefined();
  });

  it('names the line that it cannot read, and not what stands there', () => {
    expect(() => parseTokens('a,b,1\nsecret,alice\n', 'tokens')).toThrow(
      'tokens: line 2 must be TOKEN,user,uid or TOKEN,user,uid,"group1,group2"',
    );
  });
});

describe('readTokenFile', () => {
  it('says which flag names a file that is not there', async () => {
    await expect(readTokenFile('/does/not/exist')).rejects.toThrow('--token-auth-file cannot be read');
  });
});
