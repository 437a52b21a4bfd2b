/** What differs from run to run, and what stands for it in a transcript. The order matters. */
const REPLACEMENTS: readonly (readonly [RegExp, string])[] = [
  [/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, 'UID'],
  [/\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?Z/g, 'TIME'],
  [/(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} [+-]\d{4}/g, 'TIME'],
  [/\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}\.\d+ [+-]\d{4}/g, 'TIME'],
  [/(resourceVersion"?: ?)"\d+"/g, '$1"RV"'],
  [/(Resource Version:) +\d+/g, '$1 RV'],
  [/\b(gen-)[a-z0-9]{5}\b/g, '$1NAME'],
  [/(127\.0\.0\.1|localhost):\d+/g, '$1:PORT'],
  [/(Port: )\d{4,5}\b/g, '$1PORT'],
  [/("Port": )\d{4,5}\b/g, '$1PORT'],
  [/\/tmp\/(LIVE|MERGED)-\d+/g, '/tmp/$1'],
  // What the client library logs when a deadline cuts a watch off depends on the version of HTTP.
  [/^[IWEF]\d{4} [\d:.]+ +\d+ reflector.*\n?/gm, ''],
  // Ages, such as 5s, 3m20s or 2d4h, where they stand as a word of their own.
  [/(?<=^|[\s(])(\d+[smhdy]){1,2}(?=$|[\s)])/gm, 'AGE'],
  // Columns are as wide as their widest cell, so their gaps say nothing.
  [/(\S) {2,}/g, '$1  '],
  [/[ \t]+$/gm, ''],
];

/** A command's output without what differs from run to run: ages, UIDs, versions, times, ports, field ownership. */
export function normalise(text: string): string {
  const plain = withoutGoroutines(asSortedJson(text) ?? withoutManagedFields(text));
  return REPLACEMENTS.reduce(
    (result, [pattern, replacement]) => result.replace(pattern, replacement),
    plain,
  ).trim();
}

/** JSON with its keys in order and without field ownership; undefined when the text is no JSON object. */
function asSortedJson(text: string): string | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? JSON.stringify(sorted(value), null, 2) : undefined;
  } catch {
    return undefined;
  }
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([key]) => key !== 'managedFields');
  return Object.fromEntries(
    entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, item]) => [key, sorted(item)]),
  );
}

/** Old kubectl prints the stacks of all goroutines after a fatal error when it logs. */
function withoutGoroutines(text: string): string {
  return text.split('\ngoroutine ')[0] ?? '';
}

/** Which client set which field: the local API server does not keep track of it, new kubectl does not show it. */
function withoutManagedFields(text: string): string {
  const kept: string[] = [];
  let hiddenBelow: number | undefined;
  for (const line of text.split('\n')) {
    const indent = line.search(/\S/);
    const isPart =
      hiddenBelow !== undefined && (indent > hiddenBelow || line.slice(hiddenBelow).startsWith('- '));
    if (isPart) continue;
    hiddenBelow = /^\s*managedFields:$/.test(line) ? indent : undefined;
    if (hiddenBelow === undefined) kept.push(line);
  }
  return kept.join('\n');
}
