import type { IncomingMessage, Server } from 'node:http';
import type { Socket } from 'node:net';

/**
 * Knows the connections of a server that have not sent a whole request's headers yet. Node counts them as busy: a
 * client that connects ahead of time would hold up the end of a program until its time is over.
 */
export class SilentConnections {
  readonly #sockets = new Set<Socket>();

  /** @param server One that does not listen yet. */
  constructor(server: Server, isTls: boolean) {
    server.on(isTls ? 'secureConnection' : 'connection', (socket: Socket) => {
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
    });
    server.on('request', ({ socket }: IncomingMessage) => this.#sockets.delete(socket));
  }

  close(): void {
    for (const socket of this.#sockets) socket.destroy();
  }
}
