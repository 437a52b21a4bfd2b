import { describe, expect, it } from 'vitest';
import { isIpAddress } from './ip-address.js';

describe('isIpAddress', () => {
  it.each(['10.0.0.1', '0.0.0.0', '255.255.255.255', '::1', 'fd00::1:2', '::ffff:10.0.0.1'])(
    'knows %s',
    (text) => {
      expect(isIpAddress(text)).toBe(true);
    },
  );

  it.each([
    '',
    'x',
    '10.0.0',
    '10.0.0.256',
    '10.0.0.1.',
    '1.2.3.4.5',
    '01.2.3.4',
    ':::1',
    '[::1]',
    'fe80::1%lo',
  ])('refuses %j', (text) => {
    expect(isIpAddress(text)).toBe(false);
  });
});
