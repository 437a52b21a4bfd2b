import { describe, expect, it } from 'vitest';
import { pidsIn } from './pids-in.js';

describe('pidsIn', () => {
  it.each([
    ['', []],
    ['1\n', [1]],
    ['4194304\n12\n0\n0\n', [4_194_304, 12, 0, 0]],
    ['7\n8', [7, 8]],
  ])('reads %j', (text, expected) => {
    expect(pidsIn(Buffer.from(text))).toEqual(expected);
  });
});
