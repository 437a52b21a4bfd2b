import type { Db } from 'mongodb';

/** One step of the schema in MongoDB. Both ways can be run again after they were cut off half-way. */
export interface Migration {
  /** Number and words, such as `0001-first-collections`; never changes once it was released. */
  readonly name: string;
  up(database: Db): Promise<void>;
  down(database: Db): Promise<void>;
}
