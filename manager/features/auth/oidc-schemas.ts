import { z } from '@hono/zod-openapi';

export const oidcLoginQuery = z.object({
  return: z
    .string()
    .default('/')
    .openapi({
      description:
        'Where the browser goes afterwards, with `code` or `error`: a path of this server, or http://127.0.0.1:PORT of ' +
        'a program that waits there.',
    }),
  challenge: z.string().default('').openapi({
    description:
      'SHA-256 of a verifier in base64url. Whoever has the verifier gets the tokens; else only this browser.',
  }),
});

/** The parameters that count for us; others are an issuer's own matter. */
export const oidcCallbackQuery = z.object({
  code: z.string().optional(),
  state: z.string().optional(),
  iss: z.string().optional(),
  error: z.string().optional(),
  error_description: z.string().optional(),
});

export const oidcTokenRequest = z
  .object({ code: z.string().default(''), verifier: z.string().default('') })
  .openapi('OidcToken');
