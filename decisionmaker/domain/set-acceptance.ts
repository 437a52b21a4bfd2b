import type { PatternResult } from '../../shared/domain/command-pattern.js';
import { DomainError, invalid } from '../../shared/domain/domain-error.js';
import { compareVersions, type SetVersion } from '../../shared/domain/intent.js';
import { intentSetDigest } from '../../shared/domain/intent-digest.js';
import { checkItems, compilePatterns, type PostedItem } from './intent-checks.js';
import { compileIntentSet, type KnownIntentSet, type StoredIntentSet } from './intent-set.js';
import { adoptItems } from './legacy-items.js';

/** The body of POST /api/v1/intents. */
export interface PostedSet {
  readonly intents: readonly PostedItem[];
  readonly nodeName?: string | undefined;
  readonly epoch?: number | bigint | undefined;
  readonly generation?: number | bigint | undefined;
  readonly digest?: string | undefined;
}

export interface AcceptanceContext {
  readonly nodeName: string;
  readonly current: KnownIntentSet | undefined;
  readonly maxIntents: number;
  /** Unix milliseconds. */
  readonly nowMs: number;
  /** Whether sets without a version are taken, as first-generation managers send them. */
  readonly acceptsLegacy?: boolean;
}

/** A set that was found good, or could not be refused, before it is made ready for use. */
export interface JudgedSet {
  readonly set: StoredIntentSet;
  readonly patterns: ReadonlyMap<string, PatternResult>;
}

/**
 * What becomes of a posted set (DESIGN 9, "Sets, fenced and legacy"): the set to hold from now on, or undefined
 * when it is the one already held. Throws `invalid` with every fault, `conflict` with the version held, or
 * `too_large`; then nothing changes. Legacy sets are never refused for what is in them.
 */
export function acceptPostedSet(posted: PostedSet, context: AcceptanceContext): KnownIntentSet | undefined {
  const judged = judgePostedSet(posted, context);
  return judged && setToHold(judged, context.current);
}

/** The first half of acceptPostedSet, for callers that let others work in between: large sets take their time. */
export function judgePostedSet(posted: PostedSet, context: AcceptanceContext): JudgedSet | undefined {
  const { nodeName, current, maxIntents, nowMs: acceptedAtMs } = context;
  const { intents } = posted;
  if (intents.length > maxIntents) {
    throw new DomainError(
      'too_large',
      `a set may hold at most ${maxIntents} intents, found ${intents.length}`,
    );
  }
  if (context.acceptsLegacy === true && isLegacy(posted)) {
    const adopted = adoptItems(intents);
    const set = { ...orderOf(current), nodeName, intents: adopted.intents, acceptedAtMs };
    return { set: withLegacyDigest(set), patterns: adopted.patterns };
  }
  const version = fencedVersion(posted, nodeName);
  if (current !== undefined && isHeld(version, current)) return undefined;
  return judgedSet({ ...version, intents, acceptedAtMs }, nodeName);
}

/** The second half: the set made ready, or undefined when it is a legacy one that says what is held already. */
export function setToHold(
  { set, patterns }: JudgedSet,
  current: KnownIntentSet | undefined,
): KnownIntentSet | undefined {
  const known = compileIntentSet(set, patterns);
  const isHeldAlready =
    known.legacy === true && known.digest === current?.digest && known.merkleRoot === current.merkleRoot;
  return isHeldAlready ? undefined : known;
}

/** Whether a set carries nothing of what puts sets in order. */
export function isLegacy(posted: PostedSet): boolean {
  return FENCE_KEYS.every((key) => posted[key] === undefined);
}

function withLegacyDigest(set: Omit<StoredIntentSet, 'digest' | 'legacy'>): StoredIntentSet {
  return { ...set, digest: intentSetDigest(set.nodeName, set.intents), legacy: true };
}

function legacySet(set: Omit<StoredIntentSet, 'digest' | 'legacy'>): KnownIntentSet {
  return compileIntentSet(withLegacyDigest(set), compilePatterns(set.intents));
}

/**
 * Brings back a set from disk. Throws `invalid` when it is not one that this agent could have accepted.
 */
export function restoreStoredSet(stored: StoredIntentSet, nodeName: string): KnownIntentSet {
  if (stored.nodeName !== nodeName) throw otherNode(stored.nodeName, nodeName);
  return stored.legacy === true ? restoredLegacySet(stored) : checkedSet(stored, nodeName);
}

/** What was once adopted stays as it is: adopting it again would take 10 for a 0 that stands for nothing. */
function restoredLegacySet(stored: StoredIntentSet): KnownIntentSet {
  const set = legacySet(stored);
  if (set.digest !== stored.digest) throw wrongDigest(set.digest);
  return set;
}

/** The set without a pod's intents; undefined when it has none for it. */
export function withoutPod(set: KnownIntentSet, podUid: string, nowMs: number): KnownIntentSet | undefined {
  const intents = set.intents.filter((intent) => intent.podID !== podUid);
  if (intents.length === set.intents.length) return undefined;
  if (set.legacy === true) {
    const { nodeName, epoch, generation } = set;
    return legacySet({ nodeName, epoch, generation, intents, acceptedAtMs: nowMs });
  }
  const digest = intentSetDigest(set.nodeName, intents);
  return checkedSet({ ...versionOf(set), digest, intents, acceptedAtMs: nowMs }, set.nodeName);
}

/** A known set without intents. */
export function emptySet(
  current: KnownIntentSet | undefined,
  nodeName: string,
  nowMs: number,
): KnownIntentSet {
  const digest = intentSetDigest(nodeName, []);
  return checkedSet({ ...orderOf(current), digest, intents: [], acceptedAtMs: nowMs }, nodeName);
}

/** What a change without a version keeps: its place in the order, so that an older set stays refused. */
function orderOf(current: KnownIntentSet | undefined): { epoch: number; generation: number } {
  return { epoch: current?.epoch ?? 0, generation: current?.generation ?? 0 };
}

export function versionOf({ epoch, generation, digest }: SetVersion): SetVersion {
  return { epoch, generation, digest };
}

interface UncheckedSet extends SetVersion {
  readonly intents: readonly PostedItem[];
  readonly acceptedAtMs: number;
}

function checkedSet(set: UncheckedSet, nodeName: string): KnownIntentSet {
  const judged = judgedSet(set, nodeName);
  return compileIntentSet(judged.set, judged.patterns);
}

function judgedSet(set: UncheckedSet, nodeName: string): JudgedSet {
  const checked = checkItems(set.intents, nodeName);
  if (!checked.ok) throw invalid(checked.faults);
  const { intents, patterns } = checked;
  const digest = intentSetDigest(nodeName, intents);
  if (digest !== set.digest) throw wrongDigest(digest);
  const { acceptedAtMs } = set;
  return { set: { nodeName, ...versionOf(set), intents, acceptedAtMs }, patterns };
}

function wrongDigest(digest: string): DomainError {
  return invalid([
    { field: 'digest', reason: `must be the digest of the set as received, which is ${digest}` },
  ]);
}

const NO_VERSION =
  'must be given: a set without a version, as first-generation managers send it, is taken only where auth.legacy_manager is on';

const FENCE_KEYS = ['nodeName', 'epoch', 'generation', 'digest'] as const;

function fencedVersion(posted: PostedSet, nodeName: string): SetVersion {
  const missing = FENCE_KEYS.filter((key) => posted[key] === undefined);
  if (missing.length > 0) {
    const given = FENCE_KEYS.filter((key) => !missing.includes(key));
    const reason = given.length === 0 ? 'must be given' : `must be given together with ${given.join(', ')}`;
    const faults = missing.map((field) => ({ field, reason }));
    throw invalid(given.length === 0 ? faults.with(-1, { field: 'digest', reason: NO_VERSION }) : faults);
  }
  if (posted.nodeName !== nodeName) throw otherNode(posted.nodeName ?? '', nodeName);
  const version = {
    epoch: Number(posted.epoch),
    generation: Number(posted.generation),
    digest: posted.digest ?? '',
  };
  const outside = (['epoch', 'generation'] as const).filter((key) => !isCounter(version[key]));
  if (outside.length > 0) throw invalid(outside.map((field) => ({ field, reason: 'must be 0 to 2^53-1' })));
  return version;
}

function isCounter(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0;
}

function otherNode(found: string, nodeName: string): DomainError {
  return invalid([
    {
      field: 'nodeName',
      reason: `must be ${JSON.stringify(nodeName)}, this node's name, found ${JSON.stringify(found)}`,
    },
  ]);
}

/** Whether the posted version is the one held. An older one, and another digest for the same, are refused. */
function isHeld(posted: SetVersion, held: KnownIntentSet): boolean {
  const order = compareVersions(posted, held);
  if (order > 0) return false;
  if (order === 0 && posted.digest === held.digest) return true;
  const reason =
    order < 0
      ? 'is older than the set held: send a newer one'
      : 'is the version of the set held, which has another digest: send it under a newer version';
  throw new DomainError(
    'conflict',
    `(epoch ${posted.epoch}, generation ${posted.generation}) ${reason}, that is above (epoch ${held.epoch}, generation ${held.generation})`,
    { data: { ...versionOf(held) } },
  );
}
