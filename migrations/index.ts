import { firstCollections } from './0001-first-collections.js';
import type { Migration } from './migration.js';

/** Every migration, in the order they are applied. Append only: what was released is never changed. */
export const MIGRATIONS: readonly Migration[] = [firstCollections];
