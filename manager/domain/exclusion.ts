import { DomainError } from '../../shared/domain/domain-error.js';

/**
 * A person took one intent away: this strategy leaves this pod alone (or this node policy this node) until the pod is
 * gone or the exclusion is lifted (DESIGN 3).
 */
export interface Exclusion {
  /** That of the intent: 24 hex. */
  readonly id: string;
  readonly kind: 'pod' | 'node';
  /** The strategy, or the node policy. */
  readonly sourceId: string;
  /** The pod's uid, or the node's name. */
  readonly targetId: string;
  /** For people: namespace/name of the pod, or the node's name. */
  readonly targetName: string;
  /** Of the strategy or policy. */
  readonly ownerId: string;
  /** Unix milliseconds. */
  readonly createdTime: number;
}

/** Of one owner. An exclusion is a person's choice about one pod: whoever has more wants another strategy. */
const MOST_EXCLUSIONS = 10_000;

/** What a cluster and its strategies and policies look like, as far as exclusions depend on it. */
export interface ExclusionWorld {
  /** Strategies and node policies. */
  readonly sourceIds: ReadonlySet<string>;
  readonly podUids: ReadonlySet<string>;
  readonly nodeNames: ReadonlySet<string>;
}

/** Whether there is nothing left that the exclusion could keep apart. */
export function isPointless({ kind, sourceId, targetId }: Exclusion, world: ExclusionWorld): boolean {
  if (!world.sourceIds.has(sourceId)) return true;
  return !(kind === 'pod' ? world.podUids : world.nodeNames).has(targetId);
}

/** The ids of intents that must not be planned: an exclusion has the id of its intent. */
export function excludedIntents(
  exclusions: readonly Exclusion[],
  kind: Exclusion['kind'],
): ReadonlySet<string> {
  return new Set(exclusions.filter((exclusion) => exclusion.kind === kind).map(({ id }) => id));
}

/** Refuses what would give an owner of those that are added too many. */
export function refuseTooMany(known: readonly Exclusion[], added: readonly Exclusion[]): void {
  const counts = new Map<string, number>();
  for (const { ownerId } of [...known, ...added]) counts.set(ownerId, (counts.get(ownerId) ?? 0) + 1);
  if (added.every(({ ownerId }) => (counts.get(ownerId) ?? 0) <= MOST_EXCLUSIONS)) return;
  throw new DomainError(
    'conflict',
    `at most ${MOST_EXCLUSIONS} intents of one owner can be excluded: lift some (GET /api/v1/exclusions/self), or ` +
      'narrow the strategy or node policy',
  );
}
