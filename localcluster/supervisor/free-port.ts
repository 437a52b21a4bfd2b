import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';

/**
 * A port of the loopback that is free now. The program that gets it owns its socket itself, so another one may
 * take the port in between: rare, and then the start says which port is taken.
 */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
