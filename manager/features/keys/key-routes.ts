import { createHash } from 'node:crypto';
import { z } from '@hono/zod-openapi';
import { successOf } from '../../../shared/contract/envelope.js';
import { jsonResponse, success } from '../../../shared/http/answers.js';
import { ifNoneMatchNames } from '../../../shared/http/if-none-match.js';
import { open, type Route, requires, route } from '../../../shared/http/route.js';
import type { Clock } from '../../../shared/lifecycle/clock.js';
import type { Principal } from '../../domain/principal.js';
import { keyView, publicKeySet, toKeyView } from './key-schemas.js';
import type { KeyService } from './key-service.js';

/** For how long a reader may keep the public keys; far below any sensible overlap. */
const PUBLIC_KEYS_MAX_AGE_SEC = 60;

export function keyRoutes(service: KeyService, clock: Clock): Route<Principal>[] {
  return [
    route(
      {
        method: 'get',
        path: '/api/v1/keys',
        summary: 'List the keys that sign tokens',
        description:
          'Those that are trusted, and the one that comes next; oldest first. Never a part of a key.',
        tag: 'keys',
        access: requires('settings'),
        answers: {
          200: { description: 'The keys', schema: successOf(z.object({ keys: z.array(keyView) })) },
        },
      },
      () => success(clock.now(), { keys: service.list().map(toKeyView) }),
    ),
    route(
      {
        method: 'post',
        path: '/api/v1/keys/rotate',
        summary: 'Rotate the key that signs tokens',
        description:
          'Publishes a new key, which signs after `key.rotation_overlap_sec`; the old one verifies until the last ' +
          'token that it signed is dead. 409 while a rotation is under way, and where the key is configured.',
        tag: 'keys',
        access: requires('settings'),
        refusals: ['conflict'],
        answers: { 200: { description: 'The new key', schema: successOf(keyView) } },
      },
      async ({ principal }) => success(clock.now(), toKeyView(await service.rotate(principal.actor))),
    ),
    route(
      {
        method: 'get',
        path: '/.well-known/jwks.json',
        summary: 'The public keys of tokens',
        description: 'A JWKS document (RFC 7517), without the envelope of other answers.',
        tag: 'keys',
        access: open,
        headers: z.object({ 'If-None-Match': z.string().optional() }),
        answers: {
          200: {
            description: 'The keys that are trusted, and the one that comes next',
            schema: publicKeySet,
            headers: z.object({ ETag: z.string(), 'Cache-Control': z.string() }),
          },
          304: { description: 'The caller has it already' },
        },
      },
      ({ caller }) => {
        const keys = service.publicKeys();
        const etag = `"${createHash('sha256').update(JSON.stringify(keys)).digest('base64url').slice(0, 22)}"`;
        const headers = { etag, 'cache-control': `public, max-age=${PUBLIC_KEYS_MAX_AGE_SEC}` };
        if (ifNoneMatchNames(caller.header('if-none-match'), etag)) {
          return { status: 304, headers, body: null };
        }
        return jsonResponse(200, keys, headers);
      },
    ),
  ];
}
