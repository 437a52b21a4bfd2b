import { BlockList, isIP } from 'node:net';

/** The client's address from the peer's and the header X-Forwarded-For. */
export type ClientAddress = (
  peer: string | undefined,
  forwardedFor: string | undefined,
) => string | undefined;

/**
 * Looks through proxies: the header is believed as far as those who wrote it are trusted, from its end on, because
 * everything before what the last trusted proxy added may be the client's own invention. Without trusted proxies the
 * peer is the client. IPv4 addresses are given as such, also where the socket says ::ffff:192.0.2.1.
 *
 * @param trustedProxies As address-block.ts takes them.
 */
export function clientAddressBehind(trustedProxies: readonly string[]): ClientAddress {
  const trusted = new BlockList();
  for (const block of trustedProxies) addBlock(trusted, block);
  const isTrusted = (address: string) => trusted.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');
  return (peer, forwardedFor) => {
    if (peer === undefined || peer === '') return peer;
    let address = plainAddress(peer);
    const hops = forwardedFor?.split(',') ?? [];
    while (isIP(address) !== 0 && isTrusted(address)) {
      const hop = hops.pop();
      const previous = hop === undefined ? '' : addressOfHop(hop.trim());
      // A hop that says nothing usable hides the client: the proxy is the last that is known.
      if (previous === '') break;
      address = previous;
    }
    return address;
  };
}

function addBlock(list: BlockList, block: string): void {
  const [address = '', bits] = block.split('/');
  const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
  list.addSubnet(address, Number(bits ?? (family === 'ipv6' ? 128 : 32)), family);
}

function addressOfHop(hop: string): string {
  const bare = /^\[([^\]]+)\](?::\d+)?$/.exec(hop)?.[1] ?? /^([\d.]+):\d+$/.exec(hop)?.[1] ?? hop;
  const address = plainAddress(bare);
  return isIP(address) === 0 ? '' : address;
}

function plainAddress(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  return mapped ?? address;
}
