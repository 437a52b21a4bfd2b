import { isIPv4 } from 'node:net';

/**
 * Whether a request comes from this machine: over the loopback interface, IPv4 addresses in IPv6 form included, or
 * over a Unix socket, which has no address.
 */
export function isLocalCaller(remoteAddress: string | undefined): boolean {
  if (remoteAddress === undefined || remoteAddress === '::1') return true;
  const address = remoteAddress.replace(/^::ffff:/i, '');
  return isIPv4(address) && address.startsWith('127.');
}
