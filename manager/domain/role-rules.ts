import type { Fault } from '../../shared/domain/domain-error.js';
import { STRONGEST_PRIORITY, WEAKEST_PRIORITY } from '../../shared/domain/scheduling-values.js';
import { nameFaults } from './account-name.js';
import { type Grant, PERMISSIONS, type PermissionKey } from './permission.js';
import { hasUnseen } from './visible-text.js';

/** A policy of a role as it comes in: of the right types, not yet checked. */
export interface PolicyDraft {
  readonly permissionKey: string;
  readonly self: boolean;
  /** Globs joined by commas, the public form; "" is no limit. */
  readonly k8sNamespace?: string | undefined;
  /** The same as a list. Who gives both says the same twice. */
  readonly k8sNamespaces?: readonly string[] | undefined;
  readonly policyNamespace?: string | undefined;
  readonly policyNamespaces?: readonly string[] | undefined;
  readonly strongestPriority: number | bigint;
}

/** What is given of a role; undefined stays as it is. */
export interface RoleDraft {
  readonly name?: string | undefined;
  readonly description?: string | undefined;
  readonly policies?: readonly PolicyDraft[] | undefined;
}

/** The checked parts of a role; undefined where the draft gives none. */
export interface RoleParts {
  readonly name: string | undefined;
  readonly description: string | undefined;
  readonly grants: readonly Grant[] | undefined;
}

export type CheckedRole =
  | { readonly ok: true; readonly parts: RoleParts }
  | { readonly ok: false; readonly faults: readonly Fault[] };

const LONGEST_DESCRIPTION = 1_024;
const MOST_POLICIES = 256;
const MOST_GLOBS = 32;
const LONGEST_POLICY_NAMESPACE = 128;

/** Of a Kubernetes namespace (RFC 1123 label), with stars. */
const NAMESPACE_GLOB = /^(?=.{1,63}$)[a-z0-9*]([a-z0-9*-]*[a-z0-9*])?$/;

/** Checks everything that a draft gives; all faults come back together. */
export function checkRole({ name, description, policies }: RoleDraft): CheckedRole {
  const faults = [
    ...(name === undefined ? [] : nameFaults('name', name)),
    ...descriptionFaults(description ?? ''),
    ...policiesFaults(policies ?? []),
  ];
  if (faults.length > 0) return { ok: false, faults };
  return { ok: true, parts: { name, description, grants: policies?.map(grantOf) } };
}

function descriptionFaults(description: string): Fault[] {
  const length = [...description].length;
  if (length <= LONGEST_DESCRIPTION) return [];
  const reason = `must be at most ${LONGEST_DESCRIPTION} characters, found ${length}`;
  return [{ field: 'description', reason }];
}

function policiesFaults(policies: readonly PolicyDraft[]): Fault[] {
  if (policies.length > MOST_POLICIES) {
    return [{ field: 'rolePolicies', reason: `must be at most ${MOST_POLICIES}, found ${policies.length}` }];
  }
  return policies.flatMap((policy, index) => policyFaults(`rolePolicies[${index}]`, policy));
}

function policyFaults(field: string, policy: PolicyDraft): Fault[] {
  const { permissionKey, strongestPriority } = policy;
  const faults: Fault[] = [];
  if (!Object.hasOwn(PERMISSIONS, permissionKey)) {
    const reason = `must be a key of GET /api/v1/permissions, found ${JSON.stringify(permissionKey)}`;
    faults.push({ field: `${field}.permissionKey`, reason });
  }
  if (strongestPriority < STRONGEST_PRIORITY || strongestPriority > WEAKEST_PRIORITY) {
    const reason = `must be ${STRONGEST_PRIORITY} (strongest) to ${WEAKEST_PRIORITY}, found ${strongestPriority}`;
    faults.push({ field: `${field}.strongestPriority`, reason });
  }
  faults.push(
    ...globsFaults(`${field}.k8sNamespace`, policy.k8sNamespace, policy.k8sNamespaces, namespaceGlobFault),
    ...globsFaults(`${field}.policyNamespace`, policy.policyNamespace, policy.policyNamespaces, tagGlobFault),
  );
  return faults;
}

function globsFaults(
  field: string,
  text: string | undefined,
  list: readonly string[] | undefined,
  faultOf: (glob: string) => string | undefined,
): Fault[] {
  const globs = globsOf(text, list);
  if (text !== undefined && list !== undefined && !saysTheSame(listOf(text), list)) {
    return [{ field, reason: `says something else than ${field}s: give one of them, or both alike` }];
  }
  if (globs.length > MOST_GLOBS) {
    return [{ field, reason: `must be at most ${MOST_GLOBS} globs, found ${globs.length}` }];
  }
  return globs.flatMap((glob) => {
    const fault = faultOf(glob);
    return fault === undefined ? [] : [{ field, reason: `${fault}, found ${JSON.stringify(glob)}` }];
  });
}

function namespaceGlobFault(glob: string): string | undefined {
  return NAMESPACE_GLOB.test(glob)
    ? undefined
    : 'must be a namespace of at most 63 characters of a-z, 0-9 and -, with * for any characters';
}

function tagGlobFault(glob: string): string | undefined {
  if (glob === '' || glob.trim() !== glob) return 'must neither be empty nor begin or end with a blank';
  if (glob.includes(',')) return 'must not hold a comma, which separates one from the next';
  if (hasUnseen(glob)) return 'must not hold control or invisible characters';
  return [...glob].length > LONGEST_POLICY_NAMESPACE
    ? `must be at most ${LONGEST_POLICY_NAMESPACE} characters`
    : undefined;
}

/** Of a checked draft. */
function grantOf(policy: PolicyDraft): Grant {
  return {
    permissionKey: policy.permissionKey as PermissionKey,
    ownOnly: policy.self,
    k8sNamespaces: globsOf(policy.k8sNamespace, policy.k8sNamespaces),
    policyNamespaces: globsOf(policy.policyNamespace, policy.policyNamespaces),
    strongestPriority: Number(policy.strongestPriority),
  };
}

function globsOf(text: string | undefined, list: readonly string[] | undefined): readonly string[] {
  return list ?? listOf(text ?? '');
}

/** A blank text is one empty glob, which is refused: only "" itself means no limit. */
function listOf(text: string): readonly string[] {
  return text === '' ? [] : text.split(',').map((glob) => glob.trim());
}

function saysTheSame(some: readonly string[], others: readonly string[]): boolean {
  const all = new Set([...some, ...others]);
  return all.size === new Set(some).size && all.size === new Set(others).size;
}
