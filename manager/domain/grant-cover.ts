import { globCovers } from './glob.js';
import { type Grant, PERMISSION_KEYS, PERMISSIONS } from './permission.js';

/** Every permission without any limit: what makes an administrator. */
export const EVERYTHING: readonly Grant[] = PERMISSION_KEYS.map((permissionKey) => ({
  permissionKey,
  ownOnly: false,
  k8sNamespaces: [],
  policyNamespaces: [],
  strongestPriority: 0,
}));

/** What an empty list of globs means. */
const ANY = ['*'] as const;

/**
 * Whether a holder of these grants may do all that `grant` allows, so that giving it to somebody lets nobody do more
 * than its giver. It may take several grants to cover one: each Kubernetes namespace glob with each policy namespace
 * glob has to be covered by one of them, which is exact, because globs cannot cover another one by halves
 * (`globCovers`). A key that no release knows allows nothing.
 */
export function covers(holder: readonly Grant[], grant: Grant): boolean {
  if (!Object.hasOwn(PERMISSIONS, grant.permissionKey)) return true;
  const wide = holder.filter(
    (held) =>
      held.permissionKey === grant.permissionKey &&
      (!held.ownOnly || grant.ownOnly) &&
      held.strongestPriority <= grant.strongestPriority,
  );
  return globsOf(grant.k8sNamespaces).every((k8sNamespace) => {
    const reaching = wide.filter((held) => anyCovers(held.k8sNamespaces, k8sNamespace));
    return globsOf(grant.policyNamespaces).every((policyNamespace) =>
      reaching.some((held) => anyCovers(held.policyNamespaces, policyNamespace)),
    );
  });
}

/** Those of `grants` that the holder could not give; empty when all could be. */
export function uncovered(holder: readonly Grant[], grants: readonly Grant[]): readonly Grant[] {
  return grants.filter((grant) => !covers(holder, grant));
}

/** The same rights in fewer grants: without those that the others cover. */
export function withoutCovered(grants: readonly Grant[]): readonly Grant[] {
  let kept = grants;
  for (const grant of grants) {
    const others = kept.filter((other) => other !== grant);
    if (covers(others, grant)) kept = others;
  }
  return kept;
}

/** A grant in words, for a refusal. */
export function grantText(grant: Grant): string {
  const limits = [
    ...(grant.ownOnly ? ['own only'] : []),
    ...(grant.k8sNamespaces.length > 0 ? [`namespaces ${grant.k8sNamespaces.join(', ')}`] : []),
    ...(grant.policyNamespaces.length > 0 ? [`policy namespaces ${grant.policyNamespaces.join(', ')}`] : []),
    ...(grant.strongestPriority > 0 ? [`priorities from ${grant.strongestPriority}`] : []),
  ];
  return limits.length > 0 ? `${grant.permissionKey} (${limits.join('; ')})` : grant.permissionKey;
}

function globsOf(globs: readonly string[]): readonly string[] {
  return globs.length === 0 ? ANY : globs;
}

function anyCovers(globs: readonly string[], inner: string): boolean {
  return globsOf(globs).some((glob) => globCovers(glob, inner));
}
