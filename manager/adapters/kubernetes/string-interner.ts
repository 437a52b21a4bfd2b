/** More different strings than a large cluster's namespaces, nodes, label keys and values; a bound, not a target. */
const MOST_STRINGS = 500_000;

/** Returns one copy of equal strings. Starts anew when it is full: strings in use live on in their users. */
export class StringInterner {
  #known = new Map<string, string>();

  intern = (text: string): string => {
    const known = this.#known.get(text);
    if (known !== undefined) return known;
    if (this.#known.size >= MOST_STRINGS) this.#known = new Map();
    this.#known.set(text, text);
    return text;
  };
}

const NO_LABELS = Object.freeze({});

/** An object's labels, with one copy of equal keys and values. */
export function internLabels(
  labels: Readonly<Record<string, string>> | undefined,
  intern: (text: string) => string,
): Readonly<Record<string, string>> {
  if (labels === undefined) return NO_LABELS;
  return Object.fromEntries(Object.entries(labels).map(([key, value]) => [intern(key), intern(value)]));
}
