import { z } from 'zod';
import { secretText } from './secret.js';

const CALLBACK_PATH = '/api/v1/auth/oidc/callback';
const LOOPBACK_HOSTS: ReadonlySet<string> = new Set(['127.0.0.1', '[::1]', 'localhost']);

/** One line of the table. Groups of a directory may have "=" in their names, roles may not. */
const groupRole = z
  .string()
  .regex(/^.+=[^=]+$/, 'must be a group and a role such as "platform-admins=admin"')
  .transform((text) => {
    const at = text.lastIndexOf('=');
    return { group: text.slice(0, at).trim(), role: text.slice(at + 1).trim() };
  });

/** The section `oidc`; without an issuer the rest counts for nothing. */
export const oidcSettings = z
  .strictObject({
    issuer: z.string().default(''),
    client_id: z.string().default(''),
    client_secret: secretText,
    redirect_url: z.string().default(''),
    scopes: z.array(z.string().min(1)).default(['openid', 'profile', 'email']),
    username_claim: z.string().min(1).default('preferred_username'),
    groups_claim: z.string().min(1).default('groups'),
    role_map: z.array(groupRole).default([]),
    default_role: z.string().default(''),
    allowed_domains: z.array(z.string().min(1)).default([]),
    allow_insecure: z.boolean().default(false),
    clock_tolerance_sec: z.int().min(0).max(300).default(30),
    timeout_ms: z.int().min(100).max(60_000).default(5_000),
  })
  .prefault({})
  .superRefine((oidc, context) => {
    if (oidc.issuer === '') return;
    const fault = (key: string, message: string) =>
      context.addIssue({ code: 'custom', path: [key], message });
    const secure = 'must be an https URL: plain http is taken on loopback, or with oidc.allow_insecure';
    if (!isUrl(oidc.issuer, oidc.allow_insecure)) fault('issuer', secure);
    if (oidc.client_id === '') fault('client_id', 'must be given where oidc.issuer is');
    if (!isUrl(oidc.redirect_url, oidc.allow_insecure)) fault('redirect_url', secure);
    else if (new URL(oidc.redirect_url).pathname !== CALLBACK_PATH || /[?#]/.test(oidc.redirect_url)) {
      fault('redirect_url', `must be how browsers reach this manager, and then ${CALLBACK_PATH}`);
    }
    if (!oidc.scopes.includes('openid')) fault('scopes', 'must have "openid" among them');
    if (oidc.role_map.length === 0 && oidc.default_role === '') {
      fault('role_map', 'must give somebody a role, or oidc.default_role must: otherwise nobody can sign in');
    }
  });

function isUrl(text: string, insecure: boolean): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname } = new URL(text);
  return protocol === 'https:' || (protocol === 'http:' && (insecure || LOOPBACK_HOSTS.has(hostname)));
}
