import { BlockList, isIPv4, isIPv6 } from 'node:net';

/** What an IPv4 address looks like to a socket that listens on both (RFC 4291, 2.5.5.2). */
const MAPPED = /^::ffff:(?=\d+\.)/i;
const MAPPED_PREFIX_BITS = 96;

/** Networks from which first-generation managers may call. */
export class CallerNetworks {
  readonly #list = new BlockList();
  readonly #isEmpty: boolean;

  /** @param networks As `10.0.0.0/8`, `fd00::/8` or a single address, checked by the configuration. */
  constructor(networks: readonly string[]) {
    this.#isEmpty = networks.length === 0;
    for (const network of networks) this.#add(network);
  }

  get isEmpty(): boolean {
    return this.#isEmpty;
  }

  /** @param remoteAddress The peer's; undefined on a Unix socket, which is no network. */
  has(remoteAddress: string | undefined): boolean {
    if (remoteAddress === undefined) return false;
    const address = remoteAddress.replace(MAPPED, '').replace(/%.*$/, '');
    if (isIPv4(address)) return this.#list.check(address, 'ipv4');
    return isIPv6(address) && this.#list.check(address, 'ipv6');
  }

  #add(network: string): void {
    const [text = '', bits] = network.split('/');
    const prefix = bits === undefined ? undefined : Number(bits);
    const address = text.replace(MAPPED, '');
    if (address === text) {
      this.#addPlain(text, prefix);
    } else if (prefix === undefined || prefix >= MAPPED_PREFIX_BITS) {
      this.#addPlain(address, prefix === undefined ? undefined : prefix - MAPPED_PREFIX_BITS);
    } else {
      // It holds more than the mapped addresses, so it stays one of IPv6.
      this.#list.addSubnet(text, prefix, 'ipv6');
    }
  }

  #addPlain(address: string, prefix: number | undefined): void {
    const family = isIPv4(address) ? 'ipv4' : 'ipv6';
    if (prefix === undefined) this.#list.addAddress(address, family);
    else this.#list.addSubnet(address, prefix, family);
  }
}
