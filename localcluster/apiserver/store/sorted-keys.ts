/** The keys of a collection in order, so that a namespace is one range and a page is found without a scan. */
export class SortedKeys {
  readonly #keys: string[] = [];

  /** The key must not be there yet. */
  add(key: string): void {
    this.#keys.splice(this.#lowerBound(key), 0, key);
  }

  remove(key: string): void {
    const index = this.#lowerBound(key);
    if (this.#keys[index] === key) this.#keys.splice(index, 1);
  }

  /** The keys with a prefix, after another key when one is given. */
  range(prefix: string, after?: string): readonly string[] {
    const start = after === undefined || after < prefix ? this.#lowerBound(prefix) : this.#upperBound(after);
    return this.#keys.slice(start, Math.max(start, this.#endOf(prefix)));
  }

  #endOf(prefix: string): number {
    return prefix === '' ? this.#keys.length : this.#lowerBound(`${prefix}\uffff`);
  }

  #lowerBound(key: string): number {
    let low = 0;
    let high = this.#keys.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#keys[middle] ?? '') < key) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #upperBound(key: string): number {
    const index = this.#lowerBound(key);
    return this.#keys[index] === key ? index + 1 : index;
  }
}
