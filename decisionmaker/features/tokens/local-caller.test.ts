import { describe, expect, it } from 'vitest';
import { isLocalCaller } from './local-caller.js';

describe('isLocalCaller', () => {
  it.each([undefined, '127.0.0.1', '127.8.9.10', '::1', '::ffff:127.0.0.1'])(
    'knows %s for this machine',
    (address) => {
      expect(isLocalCaller(address)).toBe(true);
    },
  );

  it.each(['10.0.0.1', '::ffff:10.0.0.1', 'fe80::1', '::', '0.0.0.0', '127.evil', '', '1127.0.0.1'])(
    'takes %j for another machine',
    (address) => {
      expect(isLocalCaller(address)).toBe(false);
    },
  );
});
