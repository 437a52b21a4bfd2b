/**
 * The network an address belongs to, as far as one customer of a provider usually has it: /24 of IPv4, /64 of IPv6.
 * Failures are counted for networks because whoever has one address there has all of them. What is no address is
 * its own network.
 */
export function networkOf(address: string | undefined): string {
  if (address === undefined) return 'this machine';
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1] ?? address;
  const octets = /^(\d+)\.(\d+)\.(\d+)\.\d+$/.exec(mapped);
  if (octets !== null) return `${octets[1]}.${octets[2]}.${octets[3]}.0/24`;
  if (!mapped.includes(':')) return mapped;
  return `${firstFourGroups(mapped).join(':')}::/64`;
}

function firstFourGroups(address: string): string[] {
  const bare = address.split('%', 1)[0] ?? '';
  const [head = '', tail] = bare.split('::', 2);
  const front = head === '' ? [] : head.split(':');
  const back = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = Math.max(0, 8 - front.length - back.length);
  const groups = tail === undefined ? front : [...front, ...Array<string>(zeros).fill('0'), ...back];
  return groups.slice(0, 4).map((group) => (Number.parseInt(group, 16) || 0).toString(16));
}
