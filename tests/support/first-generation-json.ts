import { firstJsonValue } from '../../shared/http/first-json-value.js';

/** A body that the first generation's decoder refuses. */
export class BadPayload extends Error {}

/**
 * A JSON object read with the first generation's leniency (contract 1.1): keys match ignoring case and the last of
 * several wins, unknown ones are ignored, null is the zero value, another type is a fault.
 */
export class GoObject {
  readonly #values: ReadonlyMap<string, unknown>;

  constructor(value: unknown) {
    if (value !== null && (typeof value !== 'object' || Array.isArray(value))) throw new BadPayload();
    this.#values = new Map(Object.entries(value ?? {}).map(([key, entry]) => [key.toLowerCase(), entry]));
  }

  text(key: string): string {
    const value = this.#at(key) ?? '';
    if (typeof value !== 'string') throw new BadPayload();
    return value;
  }

  integer(key: string): number | bigint {
    const value = this.#at(key) ?? 0;
    if (Number.isSafeInteger(value)) return value as number;
    if (typeof value !== 'bigint' || BigInt.asIntN(64, value) !== value) throw new BadPayload();
    return value;
  }

  flag(key: string): boolean {
    const value = this.#at(key) ?? false;
    if (typeof value !== 'boolean') throw new BadPayload();
    return value;
  }

  list(key: string): GoObject[] {
    const value = this.#at(key) ?? [];
    if (!Array.isArray(value)) throw new BadPayload();
    return value.map((item) => new GoObject(item));
  }

  texts(key: string): Record<string, string> {
    const value = this.#at(key) ?? {};
    if (typeof value !== 'object' || Array.isArray(value)) throw new BadPayload();
    for (const entry of Object.values(value)) if (typeof entry !== 'string') throw new BadPayload();
    return value as Record<string, string>;
  }

  #at(key: string): unknown {
    return this.#values.get(key.toLowerCase());
  }
}

export function decoded(body: string): GoObject {
  let value: unknown;
  try {
    value = firstJsonValue(body);
  } catch {
    throw new BadPayload();
  }
  return new GoObject(value);
}
