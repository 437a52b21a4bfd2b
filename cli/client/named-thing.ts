import { DomainError } from '../../shared/domain/domain-error.js';
import type { Item } from '../output/table.js';
import { textOf } from './answers.js';

export interface Lookup {
  /** Such as `user`. */
  readonly noun: string;
  /** Where the name stands, such as `username`. */
  readonly nameKey: string;
  readonly all: () => Promise<readonly Item[]>;
}

/** What a person means by a name or an id. Rejects with `not_found`. */
export async function namedThing(nameOrId: string, { noun, nameKey, all }: Lookup): Promise<Item> {
  const things = await all();
  const found =
    things.find((thing) => textOf(thing, 'id') === nameOrId) ??
    things.find((thing) => textOf(thing, nameKey) === nameOrId);
  if (found !== undefined) return found;
  throw new DomainError('not_found', `no ${noun} is called ${JSON.stringify(nameOrId)}, nor has that id`);
}
