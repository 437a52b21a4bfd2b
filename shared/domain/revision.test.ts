import { describe, expect, it } from 'vitest';
import { overtaken, refuseOtherRevision } from './revision.js';

describe('a change that is based on another revision', () => {
  it('loses, and the refusal names the one that is there', () => {
    expect(() => refuseOtherRevision('role', 1, 2)).toThrow(
      expect.objectContaining({ code: 'conflict', data: { revision: 2 } }),
    );
    expect(overtaken('role', 2)).toMatchObject({ code: 'conflict', data: { revision: 2 } });
  });

  it('is any but the one that is there, where one is named', () => {
    expect(() => refuseOtherRevision('role', undefined, 2)).not.toThrow();
    expect(() => refuseOtherRevision('role', 2, 2)).not.toThrow();
  });
});
