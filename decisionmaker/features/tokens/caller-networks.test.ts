import { describe, expect, it } from 'vitest';
import { CallerNetworks } from './caller-networks.js';

const networks = new CallerNetworks([
  '10.1.0.0/16',
  '192.0.2.7',
  'fd00:1::/32',
  '2001:db8::9',
  '::ffff:172.16.0.0/108',
  '::ffff:198.51.100.4',
]);

describe('CallerNetworks', () => {
  it.each([
    '10.1.0.0',
    '10.1.255.255',
    '::ffff:10.1.2.3',
    '::FFFF:10.1.2.3',
    '::ffff:a01:203',
    '192.0.2.7',
    'fd00:1::5',
    'fd00:1::5%eth0',
    '2001:db8::9',
    '172.16.9.9',
    '::ffff:172.31.0.1',
    '198.51.100.4',
  ])('holds %s', (address) => {
    expect(networks.has(address)).toBe(true);
  });

  it.each([
    undefined,
    '',
    'nonsense',
    '10.2.0.1',
    '::ffff:10.2.0.1',
    '192.0.2.8',
    'fd00:2::5',
    '2001:db8::a',
    '172.32.0.1',
    '127.0.0.1',
    '::1',
    '::ffff:127.0.0.1',
  ])('does not hold %s', (address) => {
    expect(networks.has(address)).toBe(false);
  });

  it('holds nothing when nothing is configured, and a socket without an address never', () => {
    expect(new CallerNetworks([]).isEmpty).toBe(true);
    expect(new CallerNetworks([]).has('10.0.0.1')).toBe(false);
    expect(new CallerNetworks(['0.0.0.0/0', '::/0']).has(undefined)).toBe(false);
  });

  it('takes every address where it is told to', () => {
    const everything = new CallerNetworks(['0.0.0.0/0', '::/0']);

    for (const address of ['8.8.8.8', '::ffff:8.8.8.8', '2001:db8::1', '127.0.0.1']) {
      expect(everything.has(address)).toBe(true);
    }
  });
});
