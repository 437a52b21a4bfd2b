import { hasUnseen } from './visible-text.js';

/** Claims of somebody whom an issuer vouches for, as they came. */
export type Claims = Readonly<Record<string, unknown>>;

/** One line of the operator's table: who is in this group has this role. */
export interface GroupRole {
  readonly group: string;
  readonly role: string;
}

const LONGEST_NAME = 256;
/** A directory may send thousands; what decides is whether one of the table is among them. */
const MOST_GROUPS = 10_000;

/** The roles of somebody in these groups, sorted; the default one only where no group gives any. Empty = none. */
export function rolesOfGroups(
  groups: readonly string[],
  table: readonly GroupRole[],
  defaultRole: string,
): readonly string[] {
  const mine = new Set(groups);
  const roles = new Set(table.filter(({ group }) => mine.has(group)).map(({ role }) => role));
  if (roles.size === 0 && defaultRole !== '') roles.add(defaultRole);
  return [...roles].toSorted();
}

/** The groups in a claim: a list of texts, or one text. Whatever else stands there is no group. */
export function groupsOf(claims: Claims, claim: string): readonly string[] {
  const value = claimAt(claims, claim);
  const values = Array.isArray(value) ? value.slice(0, MOST_GROUPS) : [value];
  return values.filter((group): group is string => typeof group === 'string' && group !== '');
}

/** The name that somebody gets here; undefined when the claim has none that can be one. */
export function usernameOf(claims: Claims, claim: string): string | undefined {
  const value = claimAt(claims, claim);
  if (typeof value !== 'string' || value.trim() !== value) return undefined;
  if (value === '' || value.length > LONGEST_NAME || hasUnseen(value)) return undefined;
  return value;
}

/** Whether the issuer has verified an address in one of these domains. No domains = no limit. */
export function isOfDomain(claims: Claims, domains: readonly string[]): boolean {
  if (domains.length === 0) return true;
  const { email, email_verified: isVerified } = claims;
  if (typeof email !== 'string' || isVerified !== true) return false;
  const domain = email.slice(email.lastIndexOf('@') + 1).toLowerCase();
  return domains.some((allowed) => allowed.toLowerCase() === domain);
}

/** By its name, or by a path such as `realm_access.roles`. */
function claimAt(claims: Claims, claim: string): unknown {
  if (Object.hasOwn(claims, claim)) return claims[claim];
  let value: unknown = claims;
  for (const part of claim.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, part)) return undefined;
    value = (value as Readonly<Record<string, unknown>>)[part];
  }
  return value;
}
