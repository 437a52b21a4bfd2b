import { describe, expect, it } from 'vitest';
import { clientAddressBehind } from './client-address.js';

describe('clientAddressBehind', () => {
  const behind = clientAddressBehind(['10.0.0.0/8', '2001:db8:1::/48', '192.0.2.7']);

  it.each([
    ['without a header the peer', '203.0.113.9', undefined, '203.0.113.9'],
    ['of a stranger never what it says', '203.0.113.9', '198.51.100.1', '203.0.113.9'],
    ['of a trusted proxy what it says', '10.1.2.3', '198.51.100.1', '198.51.100.1'],
    [
      'the last that is not trusted, not what the client put before it',
      '10.1.2.3',
      '1.1.1.1, 198.51.100.1, 10.9.9.9',
      '198.51.100.1',
    ],
    ['the first when all are trusted', '10.1.2.3', '10.4.4.4, 10.9.9.9', '10.4.4.4'],
    ['the proxy itself when it says nothing', '10.1.2.3', undefined, '10.1.2.3'],
    ['the proxy itself when it says nothing usable', '10.1.2.3', '198.51.100.1, unknown', '10.1.2.3'],
    ['with a port', '10.1.2.3', '198.51.100.1:4711', '198.51.100.1'],
    ['in version 6', '2001:db8:1::5', '[2001:db8:2::1]:4711', '2001:db8:2::1'],
    ['in version 6 without brackets', '2001:db8:1::5', '2001:db8:2::1', '2001:db8:2::1'],
    ['of a mapped peer', '::ffff:10.1.2.3', '::ffff:198.51.100.1', '198.51.100.1'],
    ['of a single trusted address', '192.0.2.7', '198.51.100.1', '198.51.100.1'],
    ['of its neighbour', '192.0.2.8', '198.51.100.1', '192.0.2.8'],
    ['of a peer that cannot be told', '', '198.51.100.1', ''],
    ['of a peer on a Unix socket', undefined, '198.51.100.1', undefined],
  ])('gives the address %s', (_title, peer, header, expected) => {
    expect(behind(peer, header)).toBe(expected);
  });

  it('believes nobody without trusted proxies', () => {
    expect(clientAddressBehind([])('127.0.0.1', '198.51.100.1')).toBe('127.0.0.1');
  });
});
