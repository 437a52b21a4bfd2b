import { afterEach, beforeEach } from 'vitest';
import type { Stores } from '../../../manager/ports/stores.js';

export type OpenStores = Stores & { close(): Promise<void> };

/** How a suite comes to empty stores of the kind it is run on. */
export type Open = () => Promise<OpenStores>;

/** Empty stores for each test of a block, closed after it. */
export function openedStores(open: Open): () => OpenStores {
  let stores: OpenStores | undefined;
  beforeEach(async () => {
    stores = await open();
  });
  afterEach(() => stores?.close());
  return () => {
    if (stores === undefined) throw new Error('the stores are asked for before the first test');
    return stores;
  };
}
