/** An answer, recorded or ours: JSON values with bigint for what a double cannot hold. */
export interface ComparedAnswer {
  readonly status: number;
  readonly contentType: string | undefined;
  readonly endsWithNewline: boolean | undefined;
  readonly body: unknown;
}

/** Every way in which an answer is not the recorded one, each as a line such as `body.data.set: added`. */
export function differences(
  recorded: ComparedAnswer,
  ours: ComparedAnswer,
  pids: ReadonlyMap<string, number>,
): string[] {
  // Another status comes with another envelope, so there is nothing else to compare.
  if (recorded.status !== ours.status) return [`status: ${recorded.status} → ${ours.status}`];
  const found: string[] = [];
  if (recorded.contentType !== undefined && recorded.contentType !== ours.contentType) {
    found.push(`content-type: ${recorded.contentType} → ${ours.contentType}`);
  }
  if (recorded.endsWithNewline !== undefined && recorded.endsWithNewline !== ours.endsWithNewline) {
    found.push(`line feed at the end: ${recorded.endsWithNewline} → ${ours.endsWithNewline}`);
  }
  compare(recorded.body, ours.body, 'body', { pids, found });
  return [...new Set(found)];
}

interface Comparison {
  readonly pids: ReadonlyMap<string, number>;
  readonly found: string[];
}

function compare(recorded: unknown, ours: unknown, at: string, comparison: Comparison): void {
  if (typeof recorded === 'string' && fitsPlaceholder(recorded, ours, comparison.pids)) return;
  if (Array.isArray(recorded) && Array.isArray(ours)) {
    compareLists(recorded, ours, at, comparison);
  } else if (isObject(recorded) && isObject(ours)) {
    compareObjects(recorded, ours, at, comparison);
  } else if (recorded !== ours) {
    comparison.found.push(`${at}: ${text(recorded)} → ${text(ours)}`);
  }
}

function compareLists(
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

/** The recording's stand-ins for what differs from run to run. */
function fitsPlaceholder(recorded: string, ours: unknown, pids: ReadonlyMap<string, number>): boolean {
  if (recorded === '<time>') return typeof ours === 'string' && /^\d{4}-\d\d-\d\dT[\d:]{8}Z$/.test(ours);
  if (recorded === '<token>') return typeof ours === 'string' && /^[\w-]+\.[\w-]+\.[\w-]+$/.test(ours);
  const pidName = /^<number:pid:(.+)>$/.exec(recorded)?.[1];
  if (pidName !== undefined) return ours === pids.get(pidName);
  return /^<number:/.test(recorded) && Number.isInteger(ours);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function text(value: unknown): string {
  return typeof value === 'bigint' ? String(value) : (JSON.stringify(value) ?? 'nothing');
}

interface Family {
  readonly name: string;
  help: string;
  type: string;
  readonly samples: { readonly labels: ReadonlyMap<string, string>; readonly value: string }[];
}

/** As above, for pages of metrics, such as `metric nr_queued type: gauge → counter`. */
export function metricDifferences(recorded: string, ours: string): string[] {
  const found: string[] = [];
  const ourFamilies = familiesOf(ours);
  const recordedFamilies = familiesOf(recorded);
  for (const [name, { samples }] of ourFamilies) {
    // A family without samples is one that is described and absent.
    if (samples.length > 0 && !recordedFamilies.has(name)) found.push(`metric ${name}: added`);
  }
  for (const [name, family] of recordedFamilies) {
    const our = ourFamilies.get(name);
    if (our === undefined) found.push(`metric ${name}: left out`);
    else found.push(...familyDifferences(family, our));
  }
  return [...new Set(found)];
}

function familyDifferences(recorded: Family, ours: Family): string[] {
  const found: string[] = [];
  for (const key of ['type', 'help'] as const) {
    if (recorded[key] !== ours[key]) {
      found.push(`metric ${recorded.name} ${key}: ${recorded[key]} → ${ours[key]}`);
    }
  }
  if (recorded.samples.length !== ours.samples.length) {
    found.push(`metric ${recorded.name}: ${recorded.samples.length} samples → ${ours.samples.length}`);
    return found;
  }
  const sorted = (family: Family) => family.samples.toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
  for (const [index, sample] of sorted(recorded).entries()) {
    const our = sorted(ours)[index];
    if (our === undefined) continue;
    for (const name of new Set([...sample.labels.keys(), ...our.labels.keys()])) {
      const [was, is] = [sample.labels.get(name), our.labels.get(name)];
      if (was !== is) found.push(`metric ${recorded.name} label ${name}: ${was} → ${is}`);
    }
    if (sample.value !== '<number>' && Number(sample.value) !== Number(our.value)) {
      found.push(`metric ${recorded.name} value: ${sample.value} → ${our.value}`);
    }
  }
  return found;
}

function keyOf({ labels }: { readonly labels: ReadonlyMap<string, string> }): string {
  return [...labels].toSorted().join();
}

function familiesOf(page: string): ReadonlyMap<string, Family> {
  const families = new Map<string, Family>();
  const family = (name: string) => {
    const known = families.get(name) ?? { name, help: '', type: '', samples: [] };
    families.set(name, known);
    return known;
  };
  for (const line of page.split('\n').filter(Boolean)) {
    const [, kind, name = '', rest = ''] = /^# (HELP|TYPE) (\S+) (.*)$/.exec(line) ?? [];
    if (kind === 'HELP') family(name).help = rest;
    else if (kind === 'TYPE') family(name).type = rest;
    else {
      const [, ofSample = '', labels = '', value = ''] = /^(\w+)(?:\{(.*)\})? (\S+)$/.exec(line) ?? [];
      family(familyOf(ofSample, families)).samples.push({ labels: labelsOf(labels), value });
    }
  }
  return families;
}

/** A histogram's samples have other names than their family. */
function familyOf(sample: string, families: ReadonlyMap<string, Family>): string {
  const base = sample.replace(/_(bucket|sum|count)$/, '');
  return families.has(base) ? base : sample;
}

function labelsOf(text: string): ReadonlyMap<string, string> {
  return new Map(
    [...text.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)].map(([, name = '', value = '']) => [name, value]),
  );
}
