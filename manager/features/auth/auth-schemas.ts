import { z } from '@hono/zod-openapi';

export const loginRequest = z
  .object({
    username: z.string().default(''),
    email: z.string().default('').openapi({ description: 'Another name for `username`.' }),
    password: z.string().default(''),
  })
  .openapi('Login');

export const loginData = z
  .object({
    token: z.string().openapi({ description: 'The same as `accessToken`.' }),
    accessToken: z.string(),
    refreshToken: z.string().openapi({ description: 'Good for one refresh, which brings the next one.' }),
    expiresAt: z.int().openapi({ description: 'When the access token ends; Unix seconds' }),
  })
  .openapi('Tokens');

export const refreshRequest = z.object({ refreshToken: z.string().default('') }).openapi('RefreshToken');

export const validData = z
  .object({ valid: z.literal(true), uid: z.string(), needChangePassword: z.boolean() })
  .openapi('Valid');

export const changeOwnPasswordRequest = z
  .object({ oldPassword: z.string().default(''), newPassword: z.string().default('') })
  .openapi('ChangeOwnPassword');

export const selfData = z
  .object({
    id: z.string(),
    username: z.string(),
    roles: z.array(z.string()),
    status: z.int().openapi({ description: '1 active, 2 inactive, 3 must change the password' }),
  })
  .openapi('User');
