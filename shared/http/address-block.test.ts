import { describe, expect, it } from 'vitest';
import { isAddressBlock } from './address-block.js';

describe('isAddressBlock', () => {
  it.each(['10.0.0.0/8', '192.0.2.1', '::1', '2001:db8::/32', '0.0.0.0/0'])('takes %s', (text) => {
    expect(isAddressBlock(text)).toBe(true);
  });
  it.each(['', '10.0.0.0/33', '10.0.0', 'proxy.example.com', '::/129', '10.0.0.0/8/9', '10.0.0.0/x'])(
    'refuses "%s"',
    (text) => {
      expect(isAddressBlock(text)).toBe(false);
    },
  );
});
