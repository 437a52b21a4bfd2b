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
