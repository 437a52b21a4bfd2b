import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { MongoNetworkError, MongoServerError } from 'mongodb';
import { expect, it } from 'vitest';
import { failureOf } from './mongo-failure.js';

/** What Node says of a write to a connection that the other side has closed. */
async function errorOfWritingToTheGone(): Promise<unknown> {
  const server = createServer((socket) => socket.end()).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const socket = connect(address.port, address.address);
  socket.resume();
  await once(socket, 'end');
  const failed = once(socket, 'error');
  socket.write('x');
  const [error] = await failed;
  server.close();
  return error;
}

it('takes a connection that the server has just closed for a store that is not there', async () => {
  expect(failureOf(await errorOfWritingToTheGone())).toBe('unavailable');
});

it.each([
  [new MongoNetworkError('gone'), 'unavailable'],
  [new MongoServerError({ code: 18, message: 'Authentication failed.' }), 'unavailable'],
  [new MongoServerError({ code: 11_000, message: 'E11000' }), 'taken'],
  [new MongoServerError({ code: 9, message: 'a query of ours that it cannot parse' }), 'fault'],
  [new TypeError('a fault of ours'), 'fault'],
])('%s is %s', (error, failure) => {
  expect(failureOf(error)).toBe(failure);
});
