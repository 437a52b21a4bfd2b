const SUFFIXES: Readonly<Record<string, { readonly times: number } | { readonly by: number }>> = {
  n: { by: 1e9 },
  u: { by: 1e6 },
  m: { by: 1e3 },
  k: { times: 1e3 },
  M: { times: 1e6 },
  G: { times: 1e9 },
  T: { times: 1e12 },
  P: { times: 1e15 },
  E: { times: 1e18 },
  Ki: { times: 2 ** 10 },
  Mi: { times: 2 ** 20 },
  Gi: { times: 2 ** 30 },
  Ti: { times: 2 ** 40 },
  Pi: { times: 2 ** 50 },
  Ei: { times: 2 ** 60 },
};

/**
 * The value of a Kubernetes quantity such as `250m`, `1Gi`, `1e3` or `2` (apimachinery, resource.Quantity), so
 * that two spellings of one amount are equal. NaN for anything else; the API server lets none of that through.
 */
export function quantityValue(quantity: string | number): number {
  const match = /^([+-]?[0-9.]+(?:[eE][+-]?[0-9]+)?)([a-zA-Z]{0,2})$/.exec(String(quantity));
  const number = Number(match?.[1]);
  const name = match?.[2] ?? '';
  if (name === '') return number;
  const suffix = Object.hasOwn(SUFFIXES, name) ? SUFFIXES[name] : undefined;
  if (suffix === undefined) return Number.NaN;
  return 'times' in suffix ? number * suffix.times : number / suffix.by;
}
