/** An answer, recorded or ours: JSON values with bigint for what a double cannot hold. */
export interface ComparedAnswer {
  readonly status: number;
  readonly contentType: string | undefined;
  readonly endsWithNewline: boolean | undefined;
  readonly body: unknown;
}

/** What the recording's stand-ins are in this run, such as `<token>`, `<id:3>` or `<number:pid:web-1.nginx>`. */
export interface Placeholders {
  /** Whether our value may stand there; false as well for a text that is no stand-in. */
  fits(recorded: string, ours: unknown): boolean;
  /** The same, without a memory of what is asked from now on. */
  copy(): Placeholders;
}

export interface Comparing {
  readonly placeholders: Placeholders;
  /**
   * How lists of objects are compared: place by place, or each item with the one of ours that it stands for, and then
   * with or without a look at their order.
   */
  readonly lists: 'by place' | 'by identity' | 'by identity, in order';
}

/** Every way in which an answer is not the recorded one, each as a line such as `body.data.set: added`. */
export function differences(recorded: ComparedAnswer, ours: ComparedAnswer, comparing: Comparing): string[] {
  // Another status comes with another envelope, so there is nothing else to compare.
  if (recorded.status !== ours.status) return [`status: ${recorded.status} → ${ours.status}`];
  const found: string[] = [];
  if (recorded.contentType !== undefined && recorded.contentType !== ours.contentType) {
    found.push(`content-type: ${recorded.contentType} → ${ours.contentType}`);
  }
  if (recorded.endsWithNewline !== undefined && recorded.endsWithNewline !== ours.endsWithNewline) {
    found.push(`line feed at the end: ${recorded.endsWithNewline} → ${ours.endsWithNewline}`);
  }
  compare(recorded.body, ours.body, 'body', { ...comparing, found });
  return [...new Set(found)];
}

interface Comparison extends Comparing {
  readonly found: string[];
}

function compare(recorded: unknown, ours: unknown, at: string, comparison: Comparison): void {
  if (typeof recorded === 'string' && comparison.placeholders.fits(recorded, ours)) return;
  if (Array.isArray(recorded) && Array.isArray(ours)) {
    const isByPlace =
      comparison.lists === 'by place' || !recorded.every((item) => identityOf(item) !== undefined);
    (isByPlace ? compareByPlace : compareByIdentity)(recorded, ours, at, comparison);
  } else if (isObject(recorded) && isObject(ours)) {
    compareObjects(recorded, ours, at, comparison);
  } else if (recorded !== ours) {
    comparison.found.push(`${at}: ${text(recorded)} → ${text(ours)}`);
  }
}

function compareByPlace(
  recorded: readonly unknown[],
  ours: readonly unknown[],
  at: string,
  comparison: Comparison,
): void {
  if (recorded.length !== ours.length) {
    comparison.found.push(`${at}: ${recorded.length} items → ${ours.length}`);
    return;
  }
  for (const [index, item] of recorded.entries()) compare(item, ours[index], `${at}[]`, comparison);
}

/** Each recorded item with the one of ours that it may stand for and differs least from; then what is left. */
function compareByIdentity(
  recorded: readonly unknown[],
  ours: readonly unknown[],
  at: string,
  comparison: Comparison,
): void {
  const left = new Set(ours);
  const places: number[] = [];
  for (const item of recorded) {
    const match = closest(item, [...left], comparison);
    if (match === undefined) {
      comparison.found.push(`${at}[]: left out ${identityOf(item)}`);
      continue;
    }
    left.delete(match);
    places.push(ours.indexOf(match));
    compare(item, match, `${at}[]`, comparison);
  }
  for (const item of left) comparison.found.push(`${at}[]: added ${identityOf(item)}`);
  const isInOrder = places.every((place, index) => index === 0 || place > (places[index - 1] ?? 0));
  if (comparison.lists === 'by identity, in order' && !isInOrder) comparison.found.push(`${at}: other order`);
}

function closest(item: unknown, candidates: readonly unknown[], comparison: Comparison): unknown {
  const { placeholders } = comparison;
  const key = identityKey(item) ?? '';
  const recordedIdentity = identityOf(item);
  const rated = candidates.flatMap((candidate) => {
    const identity = isObject(candidate) ? candidate[key] : undefined;
    const isPossible =
      recordedIdentity === identity ||
      (typeof recordedIdentity === 'string' && placeholders.copy().fits(recordedIdentity, identity));
    if (!isPossible) return [];
    const found: string[] = [];
    compare(item, candidate, '', { ...comparison, placeholders: placeholders.copy(), found });
    return [{ candidate, differences: found.length }];
  });
  return rated.toSorted((a, b) => a.differences - b.differences)[0]?.candidate;
}

/** The keys that tell an object of a public list from the others, the first one that says something. */
const IDENTITIES = ['username', 'name', 'permissionKey', 'pod_uid', 'pid', 'key', 'ID', 'id'] as const;

function identityKey(item: unknown): string | undefined {
  if (!isObject(item)) return undefined;
  return IDENTITIES.find((key) => (item[key] ?? '') !== '');
}

function identityOf(item: unknown): unknown {
  const key = identityKey(item);
  return key === undefined ? undefined : (item as Readonly<Record<string, unknown>>)[key];
}

function compareObjects(
  recorded: Readonly<Record<string, unknown>>,
  ours: Readonly<Record<string, unknown>>,
  at: string,
  comparison: Comparison,
): void {
  for (const key of Object.keys(ours)) {
    if (!(key in recorded)) comparison.found.push(`${at}.${key}: added`);
  }
  for (const [key, value] of Object.entries(recorded)) {
    if (key in ours) compare(value, ours[key], `${at}.${key}`, comparison);
    else comparison.found.push(`${at}.${key}: left out`);
  }
  const order = Object.keys(recorded).filter((key) => key in ours);
  const ourOrder = Object.keys(ours).filter((key) => key in recorded);
  if (order.join() !== ourOrder.join()) {
    comparison.found.push(`${at}: keys in the order ${ourOrder.join(', ')}`);
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function text(value: unknown): string {
  return typeof value === 'bigint' ? String(value) : (JSON.stringify(value) ?? 'nothing');
}
