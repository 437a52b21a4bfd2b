import { isDeepStrictEqual } from 'node:util';
import { textOf } from '../client/answers.js';
import type { Item } from '../output/table.js';
import { type Change, changesBetween } from './changes.js';
import type { Manifest } from './manifest.js';
import { type ResourceKind, type Wanted, wantedOf } from './resource-kind.js';

interface Step {
  readonly manifest: Manifest;
  readonly wanted: Wanted;
  /** For people: the name, else the id, else where it stands. */
  readonly label: string;
}

/** What is to be done about one document. */
export type PlannedStep =
  | (Step & { readonly action: 'create'; readonly changes: readonly Change[] })
  | (Step & { readonly action: 'change'; readonly changes: readonly Change[]; readonly existing: Item })
  | (Step & { readonly action: 'unchanged'; readonly existing: Item })
  | (Step & { readonly action: 'refused'; readonly reason: string });

/** Finds out what each document is about and what it changes. */
export function planApply(
  kind: ResourceKind,
  manifests: readonly Manifest[],
  existing: readonly Item[],
): readonly PlannedStep[] {
  const seen = new Map<string, Manifest>();
  return manifests.map((manifest) => {
    const wanted = wantedOf(kind, manifest.value);
    const step = { manifest, wanted, label: labelOf(wanted, manifest) };
    const found = existingFor(kind, wanted, existing);
    const reason = whyRefused(kind, wanted, found);
    if (reason !== undefined) return { ...step, action: 'refused', reason };
    const identity = identityOf(kind, wanted, found);
    const earlier = seen.get(identity);
    if (earlier !== undefined) {
      return {
        ...step,
        action: 'refused',
        reason: `is the same ${kind.noun} as ${earlier.place}: keep one of the two`,
      };
    }
    seen.set(identity, manifest);
    if (found === undefined) {
      const defaults = wantedOf(kind, {}, true).spec;
      return { ...step, action: 'create', changes: asNew(changesBetween(defaults, wanted.spec)) };
    }
    const changes = changesBetween(wantedOf(kind, found, true).spec, wanted.spec);
    return changes.length === 0
      ? { ...step, action: 'unchanged', existing: found }
      : { ...step, action: 'change', changes, existing: found };
  });
}

/** Ids that documents name and that are not among the existing ones yet: they may be of somebody else. */
export function missingIds(
  kind: ResourceKind,
  manifests: readonly Manifest[],
  existing: readonly Item[],
): readonly string[] {
  const known = new Set(existing.map((item) => textOf(item, 'id')));
  const named = manifests.flatMap(({ value }) => wantedOf(kind, value).id ?? []);
  return [...new Set(named)].filter((id) => !known.has(id));
}

function existingFor(kind: ResourceKind, { id, spec }: Wanted, existing: readonly Item[]): Item | undefined {
  if (id !== undefined) return existing.find((item) => item.id === id);
  if (kind.identity === 'name') {
    return spec.name ? existing.find((item) => item.name === spec.name) : undefined;
  }
  return existing.find((item) => isDeepStrictEqual(wantedOf(kind, item, true).spec, spec));
}

function whyRefused(kind: ResourceKind, { id, spec }: Wanted, found: Item | undefined): string | undefined {
  if (id !== undefined && found === undefined) {
    return `no ${kind.noun} has the id ${JSON.stringify(id)}: leave the id out to create one`;
  }
  if (id === undefined && kind.identity === 'name' && !spec.name) {
    return `needs a name or an id, or applying it twice would make two`;
  }
  return undefined;
}

function identityOf(kind: ResourceKind, { spec }: Wanted, found: Item | undefined): string {
  if (found !== undefined) return `id ${textOf(found, 'id')}`;
  return kind.identity === 'name' ? `name ${String(spec.name)}` : JSON.stringify(spec);
}

function labelOf({ id, spec }: Wanted, { place }: Manifest): string {
  return typeof spec.name === 'string' && spec.name !== '' ? spec.name : (id ?? place);
}

/** Of something new, there is nothing before. */
function asNew(changes: readonly Change[]): readonly Change[] {
  return changes.map((change) => ({ ...change, before: undefined }));
}
