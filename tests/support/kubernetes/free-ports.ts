import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';

/**
 * Different free ports on loopback, for programs that cannot be told to choose one. All are held until the last
 * is known; from then on nothing keeps another program from taking one.
 */
export async function freePorts(count: number): Promise<readonly number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'));
  await Promise.all(servers.map((server) => once(server, 'listening')));
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map((server) => once(server.close(), 'close')));
  return ports;
}
