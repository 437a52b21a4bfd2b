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
