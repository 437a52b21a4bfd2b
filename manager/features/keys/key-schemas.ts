import { z } from '@hono/zod-openapi';
import type { SigningKeyView } from '../../ports/signing-keys.js';

const time = z.int().nullable();

export const keyView = z
  .object({
    kid: z.string().openapi({ description: "The key's RFC 7638 thumbprint, as tokens name it." }),
    state: z.enum(['upcoming', 'active', 'retiring']).openapi({
      description: 'Published and not signing yet; signing; verifying what it signed.',
    }),
    configured: z.boolean().openapi({ description: 'The operator keeps it, and its times.' }),
    createdTime: time.openapi({ description: 'Unix milliseconds, as the others; null where there is none.' }),
    activatesTime: time.openapi({ description: 'It signs from then on.' }),
    retiresTime: time.openapi({ description: 'Its successor signs from then on.' }),
    removedTime: time.openapi({ description: 'Nothing that it signed is trusted from then on.' }),
  })
  .openapi('SigningKey');

export const publicKeySet = z
  .object({
    keys: z.array(
      z.object({
        kid: z.string(),
        kty: z.literal('RSA'),
        alg: z.literal('RS256'),
        use: z.literal('sig'),
        n: z.string(),
        e: z.string(),
      }),
    ),
  })
  .openapi('JsonWebKeySet');

export function toKeyView(key: SigningKeyView) {
  const { kid, state, configured, createdTime, activatesTime, retiresTime, removedTime } = key;
  return {
    kid,
    state,
    configured,
    createdTime: createdTime ?? null,
    activatesTime: activatesTime ?? null,
    retiresTime: retiresTime ?? null,
    removedTime: removedTime ?? null,
  };
}
