/** The epoch that orders the managers of one store, one after another (DESIGN 9). 0 before the first manager. */
export interface EpochStore {
  current(): Promise<number>;
  /** Sets the epoch if it is still `expected`; false otherwise. */
  compareAndSet(expected: number, next: number): Promise<boolean>;
}
